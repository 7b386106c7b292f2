#!/usr/bin/env node
import { runCommandLine } from './runCommandLine.js'

process.exitCode = await runCommandLine(process.argv.slice(2), {
  output: (text) => process.stdout.write(text),
  message: (text) => process.stderr.write(text),
  isTerminal: process.stderr.isTTY === true,
})
