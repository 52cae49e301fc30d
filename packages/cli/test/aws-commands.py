"""
Runs commands of the AWS CLI one after the other and prints what each did as JSON. Standard input: environment, commands.

Where the CLI can be imported its own entry point is called, which is all that `aws` does, without starting Python each time.
"""

import io
import json
import os
import subprocess
import sys
from contextlib import redirect_stderr, redirect_stdout

given = json.load(sys.stdin)

try:
    from awscli.clidriver import main
except ImportError:
    main = None


class Output(io.TextIOWrapper):
    """The CLI writes text, and bytes of objects beside it."""

    def __init__(self):
        super().__init__(io.BytesIO(), encoding="utf-8", write_through=True)

    def text(self):
        return self.buffer.getvalue().decode()


def in_process(words):
    out, err = Output(), Output()
    before = list(sys.argv)
    sys.argv = ["aws", *words]
    try:
        with redirect_stdout(out), redirect_stderr(err):
            code = main()
    except SystemExit as end:
        code = end.code
    finally:
        sys.argv = before
    return code, out.text(), err.text()


def in_own_process(words):
    done = subprocess.run(["aws", *words], capture_output=True, text=True, check=False)
    return done.returncode, done.stdout, done.stderr


os.environ.update(given["environment"])
results = []
for command in given["commands"]:
    os.environ.update(command["environment"])
    code, out, err = (in_process if main else in_own_process)(command["words"])
    results.append({"code": code, "out": out, "err": err})
json.dump(results, sys.stdout)
