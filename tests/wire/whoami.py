"""Who the AWS CLI says each profile is, case by case, in one process.

Started by whoami.rs with the cases on standard input and HOME at a folder with the config. It first leaves there what a
sign-in leaves (SSO tokens by the AWS CLI's own naming, a web identity token), then asks `aws sts get-caller-identity`
for each case in that case's environment.
"""

import base64
import contextlib
import hashlib
import io
import json
import os
import sys
import time
from pathlib import Path

# Leaves in the environment where its data is; and fixes the folder of its SSO cache by HOME.
from awscli.clidriver import create_clidriver


def main():
    told = json.load(sys.stdin)
    # Nobody is asked for an MFA code: without a terminal of its own the AWS CLI finds nobody to ask.
    os.setsid()
    home = Path(os.environ["HOME"])
    sign_in(home, told["sso"])
    (home / "token").write_text(web_identity())
    base = dict(os.environ)
    answers = []
    for case in told["cases"]:
        os.environ.clear()
        os.environ.update(base)
        os.environ.update(case["env"])
        answers.append(who(case["profile"]))
    json.dump(answers, sys.stdout)


def sign_in(home, sso):
    """What `aws sso login` leaves: a file named after the session, or after the start URL where there is none."""
    cache = home / ".aws" / "sso" / "cache"
    cache.mkdir(parents=True)
    for named_by in (sso["session"], sso["start_url"]):
        token = {
            "startUrl": sso["start_url"],
            "region": sso["region"],
            "accessToken": sso["token"],
            "expiresAt": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + 6 * 3600)),
        }
        (cache / (hashlib.sha1(named_by.encode()).hexdigest() + ".json")).write_text(json.dumps(token))


def web_identity():
    claims = {"sub": "ci", "aud": "sts.amazonaws.com", "iss": "https://id.example.com", "exp": int(time.time()) + 3600}
    payload = base64.urlsafe_b64encode(json.dumps(claims).encode()).decode().rstrip("=")
    return f"e30.{payload}.x"


def who(profile):
    out, err = io.StringIO(), io.StringIO()
    words = ["sts", "get-caller-identity", "--output", "json"] + (["--profile", profile] if profile else [])
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        try:
            status = create_clidriver().main(words)
        except Exception as error:  # it lets some of its own through
            return {"error": f"{type(error).__name__}: {error}"}
    if status != 0:
        return {"error": err.getvalue().strip() or f"status {status}"}
    said = json.loads(out.getvalue())
    return {"account": said["Account"], "arn": said["Arn"]}


if __name__ == "__main__":
    main()
