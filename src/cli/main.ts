#!/usr/bin/env node
import { removeUnfinishedOnSignals } from '../base/wholeFile.node.js'
import { runCommandLine } from './runCommandLine.js'

// A reader that has seen enough (`holdfast evaluate … | head`) closes the pipe: the command still finishes its
// work
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error
  })
}

removeUnfinishedOnSignals((exitCode) => process.exit(exitCode))

process.exitCode = await runCommandLine(process.argv.slice(2), {
  output: (text) => process.stdout.write(text),
  message: (text) => process.stderr.write(text),
  isTerminal: process.stderr.isTTY === true,
})
