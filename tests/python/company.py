"""The simulated company that a client is tried on: its control, its truth, and the promises that a client must find kept."""

import json
import sys
import traceback
import urllib.request

START = {}
CHECKS = []


def check(function):
    """Registers one promise; its name is the promise."""
    CHECKS.append(function)
    return function


def equal(is_, should, what=""):
    assert is_ == should, f"{what}: {repr(is_)[:300]} instead of {repr(should)[:300]}"


def control(method, path, body=None):
    url = f"{START['control']['url']}/{path}"
    data = None if body is None else json.dumps(body).encode()
    headers = {"Authorization": f"Bearer {START['control']['token']}"}
    request = urllib.request.Request(url, data=data, method=method, headers=headers)
    with urllib.request.urlopen(request, timeout=120) as answer:
        return answer.read()


def change(**what):
    return json.loads(control("POST", "change", what))["ids"]


def truth(service, user="", hashes=True):
    lines = control("GET", f"truth?service={service}&user={user}&hashes={int(hashes)}")
    return [json.loads(line) for line in lines.splitlines()]


def main(usage):
    """Checks every promise. The one argument is a file with the line of JSON that `simcloud serve` prints, or - for
    standard input. Prints "N passed, M failed" last; 1 if any failed."""
    if len(sys.argv) != 2:
        print(usage, file=sys.stderr)
        return 2
    if sys.argv[1] == "-":
        START.update(json.loads(sys.stdin.readline()))
    else:
        with open(sys.argv[1], encoding="utf-8") as file:
            START.update(json.loads(file.readline()))
    passed = failed = 0
    for function in CHECKS:
        name = function.__name__.replace("_", " ")
        try:
            function()
            passed += 1
            print(f"ok    {name}")
        except Exception:  # whatever it is, it is reported and the others still run
            failed += 1
            print(f"FAIL  {name}\n{traceback.format_exc(limit=3)}")
    print(f"{passed} passed, {failed} failed")
    return 1 if failed else 0
