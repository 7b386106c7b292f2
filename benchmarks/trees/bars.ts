import { type Comparison, rangeOf, ratiosOf, type Series, sidesOf, type Target } from './comparison.js'

/** A target and what came out. */
export interface Bar {
  readonly text: string
  readonly reached: boolean
}

/** Returns a line per target of a comparison: speed first, then AUC. Targets without both sides are left out. */
export function barsOf(comparison: Comparison): Bar[] {
  const { own, peers } = sidesOf(comparison)
  if (own === undefined) return []
  return comparison.targets.flatMap((target) => {
    const rounds = roundsOf(target, comparison, peers)
    if (rounds === null) return []
    const named = peers.find(({ name }) => name === target.than)
    return [speedBar(comparison, target, own, rounds), ...aucBars(comparison, own, named)]
  })
}

function speedBar({ id, unit }: Comparison, target: Target, own: Series, rounds: readonly number[]): Bar {
  const { median, least, greatest } = rangeOf(ratiosOf(own.rounds, rounds))
  const rate = unit === 'rows/s'
  const reached = rate ? median >= target.ratio : median <= target.ratio
  const goal = `${rate ? '≥' : '≤'} ${target.ratio.toFixed(2)} × ${target.than}`
  const measured = `${median.toFixed(2)} (${least.toFixed(2)}–${greatest.toFixed(2)})`
  return { text: `${id}: ${goal}: ${measured}`, reached }
}

function aucBars({ id, aucTolerance }: Comparison, own: Series, peer: Series | undefined): Bar[] {
  if (aucTolerance === undefined || own.rocAuc === undefined || peer?.rocAuc === undefined) return []
  const difference = own.rocAuc - peer.rocAuc
  const sign = difference < 0 ? '−' : '+'
  return [
    {
      text: `${id}: AUC ≥ ${peer.name} − ${aucTolerance}: ${sign}${Math.abs(difference).toFixed(5)}`,
      reached: difference >= -aucTolerance,
    },
  ]
}

/** The rounds to compare with: those of the named peer, or of whoever was best in each round. */
function roundsOf(target: Target, { unit }: Comparison, peers: readonly Series[]): readonly number[] | null {
  if (target.than !== 'fastest') return peers.find(({ name }) => name === target.than)?.rounds ?? null
  if (peers.length === 0) return null
  const best = unit === 'rows/s' ? Math.max : Math.min
  return peers[0]!.rounds.map((_, round) => best(...peers.map(({ rounds }) => rounds[round]!)))
}
