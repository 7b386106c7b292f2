# Makes calibrationCurve.json: R's loess and the indices of Austin and Steyerberg (2019), for
# test/evaluate/calibrationCurve.test.ts.
#
# Run: Rscript calibrationCurve.R > calibrationCurve.json   (R 4.2, no packages)

set.seed(11)

numbers <- function(x) paste0("[", paste(sprintf("%.17g", x), collapse = ","), "]")

case <- function(name, p, y, span = 0.75, times = NULL) {
  rows <- if (is.null(times)) seq_along(p) else rep(seq_along(p), times)
  fit <- loess(
    y ~ p,
    data = data.frame(p = p[rows], y = y[rows]),
    span = span, degree = 2, family = "gaussian",
    control = loess.control(surface = "direct", statistics = "approximate")
  )
  at <- sort(unique(p[rows]))
  error <- abs(p[rows] - fitted(fit))
  # type 1: the smallest error that this share of the rows does not exceed
  quantiles <- quantile(error, c(0.5, 0.9), type = 1, names = FALSE)
  sprintf(
    paste0(
      "{\"name\":\"%s\",\"probability\":%s,\"outcome\":%s,\"weight\":%s,\"span\":%.17g,\"at\":%s,\"churnRate\":%s,",
      "\"integratedCalibrationIndex\":%.17g,\"medianError\":%.17g,\"ninetiethPercentileError\":%.17g,",
      "\"maximumError\":%.17g}"
    ),
    name, numbers(p), numbers(y), if (is.null(times)) "null" else numbers(times), span, numbers(at),
    numbers(predict(fit, data.frame(p = at))), mean(error), quantiles[1], quantiles[2], max(error)
  )
}

outcomes <- function(p) as.numeric(runif(length(p)) < p)

p150 <- runif(150)
p180 <- plogis(rnorm(180, -1.5, 1.5))
p300 <- round(runif(300), 1)
p120 <- runif(120)
p1500 <- plogis(rnorm(1500, -1.5, 1.5))
cases <- c(
  case("150 rows, calibrated", p150, outcomes(p150)),
  case("180 rows, overconfident", p180, outcomes(plogis(qlogis(p180) / 3))),
  case("ties: 11 distinct probabilities", p300, outcomes(p300)),
  case("a rough curve, span 0.3", p150, outcomes(p150^2), 0.3),
  case("span 1", p150, outcomes(1 - p150), 1),
  case("whole weights, some 0", p120, outcomes(p120), times = sample(0:3, 120, TRUE)),
  case("1,500 rows, more than there are points of the curve", p1500, outcomes(p1500))
)
cat(sprintf("{\"program\":\"calibrationCurve.R\",\"r\":\"%s\",\"cases\":[\n%s\n]}\n", getRversion(), paste(cases, collapse = ",\n")))
