"""Answers one JSON line with one JSON line: see protocol.ts. The libraries are imported when first asked for, so that a
cold start holds nothing but the interpreter."""

import importlib
import json
import os
import sys
import time
import traceback

# Libraries print now and then: only answers may reach the parent.
answers = os.fdopen(os.dup(1), "w")
os.dup2(2, 1)

MODULES = {
    "lightgbm": "lightgbm_peer",
    "lightgbm-quantized": "lightgbm_peer",
    "xgboost": "xgboost_peer",
    "sklearn-hgb": "sklearn_peer",
    "sklearn-forest": "sklearn_peer",
}

data = None
peers = {}


def peer_named(name):
    if name not in peers:
        peers[name] = importlib.import_module(MODULES[name]).Peer(name, data)
    return peers[name]


def answer(request):
    global data
    command = request["command"]
    if command == "load":
        import matrix

        data = matrix.load(request["file"])
        return {"seconds": 0}
    start = time.perf_counter()
    peer = peer_named(request["library"])
    if command == "open":
        return {"seconds": time.perf_counter() - start, "version": peer.version}
    if command in ("train", "forest"):
        return getattr(peer, command)(request["rows"], request["settings"])
    if command == "save":
        return peer.save(request["output"])
    if command == "predict":
        peer.predict(data.test).astype("f8").tofile(request["output"])
        return {"seconds": 0}
    if command == "single":
        return {"seconds": peer.single(request["repeats"])}
    if command == "score":
        return score(peer, request)
    return peer.explain(request["rows"], request["threads"])


def score(peer, request):
    predict = peer.scorer(request["threads"])
    features = data.train(request["rows"])
    start = time.perf_counter()
    probability = predict(features)
    seconds = time.perf_counter() - start
    if "output" in request:
        probability.astype("f8").tofile(request["output"])
    return {"seconds": seconds}


def say(message):
    answers.write(json.dumps(message) + "\n")
    answers.flush()


say({"ready": True})
for line in sys.stdin:
    try:
        say(answer(json.loads(line)))
    except Exception:
        say({"error": traceback.format_exc()})
