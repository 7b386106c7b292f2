# Answers one JSON line with one JSON line: see protocol.ts.
suppressPackageStartupMessages({
  library(jsonlite)
  library(ranger)
})

state <- new.env()

load_data <- function(file) {
  header <- fromJSON(paste0(file, ".json"), simplifyDataFrame = FALSE)
  stream <- file(file, "rb")
  on.exit(close(stream))
  columns <- lapply(header$columns, function(column) readBin(stream, "double", header$rows))
  names(columns) <- vapply(header$columns, function(column) make.names(column$name), "")
  outcome <- readBin(stream, "double", header$rows)
  test <- seq_len(header$testRows)
  frame <- as.data.frame(columns)
  frame[is.na(frame)] <- 0
  state$test <- frame[test, ]
  state$features <- frame[-test, ]
  state$outcome <- factor(outcome[-test])
}

# Versions before 0.15 know no least number of rows in a leaf: there, nodes of less than twice that number stay whole,
# as nobody could split them, but a split may cut off less.
leaf_limit <- function(rows) {
  if ("min.bucket" %in% names(formals(ranger))) list(min.bucket = rows) else list(min.node.size = 2 * rows - 1)
}

grow <- function(rows, settings) {
  data <- list(x = state$features[seq_len(rows), ], y = state$outcome[seq_len(rows)])
  options <- list(
    probability = TRUE, num.trees = settings$trees, mtry = settings$columnsPerSplit,
    num.threads = settings$threads, seed = 1, oob.error = FALSE, verbose = FALSE
  )
  start <- proc.time()[["elapsed"]]
  state$model <- do.call(ranger, c(data, options, leaf_limit(settings$minRows)))
  list(seconds = proc.time()[["elapsed"]] - start)
}

answer <- function(request) {
  switch(request$command,
    load = { load_data(request$file); list(seconds = 0) },
    open = list(seconds = 0, version = as.character(packageVersion("ranger"))),
    forest = grow(request$rows, request$settings),
    predict = {
      stream <- file(request$output, "wb")
      on.exit(close(stream))
      writeBin(predict(state$model, state$test)$predictions[, "1"], stream)
      list(seconds = 0)
    },
    stop("ranger does not do that")
  )
}

say <- function(message) {
  cat(toJSON(message, auto_unbox = TRUE, digits = NA), "\n", sep = "")
  flush(stdout())
}

say(list(ready = TRUE))
input <- file("stdin", "r")
while (length(line <- readLines(input, 1)) > 0) {
  say(tryCatch(answer(fromJSON(line)), error = function(problem) list(error = conditionMessage(problem))))
}
