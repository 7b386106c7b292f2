// Scoring on several threads: whoever has nothing to do takes the next chunk that was filled.
import { scoreChunk } from './scoring-chunks.as'
import { Chunk, Job } from './scoring-job.as'

/** Scores the next chunk that nobody has taken; false where there is none. */
export function scoreNext(thread: i32, job: Job): bool {
  const address = changetype<usize>(job)
  while (true) {
    const next = atomic.load<i32>(address + offsetof<Job>('taken'))
    if (next >= atomic.load<i32>(address + offsetof<Job>('filled'))) return false
    if (atomic.cmpxchg<i32>(address + offsetof<Job>('taken'), next, next + 1) != next) continue
    const chunk = job.chunks + (<u32>next % job.places) * job.chunkBytes
    scoreChunk(job, thread, changetype<Chunk>(chunk))
    atomic.store<i32>(chunk + offsetof<Chunk>('done'), 1)
    atomic.add<i32>(address + offsetof<Job>('finished'), 1)
    atomic.notify(address + offsetof<Job>('finished'), -1)
    return true
  }
}

/** What a further thread does: scores chunks until there will be no more. */
export function work(thread: i32, job: Job): void {
  const address = changetype<usize>(job)
  while (true) {
    const seen = atomic.load<i32>(address + offsetof<Job>('signal'))
    if (scoreNext(thread, job)) continue
    if (atomic.load<i32>(address + offsetof<Job>('ended')) != 0) break
    atomic.wait<i32>(address + offsetof<Job>('signal'), seen, -1)
  }
  atomic.add<i32>(address + offsetof<Job>('left'), 1)
}
