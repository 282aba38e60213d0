#!/usr/bin/env python3
"""Writes one parameter of AWS Systems Manager to a pipe.

It exists so that the installer, which runs on the system's Python, can have a secret fetched by the one
environment that has boto3, and so that the value is never a word of a command, in an environment or in a
log. It refuses to write to a terminal. Beside boto3 it needs nothing, not even hostkit.

Exit codes:
    0   the value is on stdout, as it is stored, without a newline of its own
    1   it cannot be had; the reason is the last line of stderr
    2   wrong usage
    78  this Python has no boto3
"""

from __future__ import annotations

import argparse
import sys
from typing import Optional, Sequence

REASONS = {
    "ParameterNotFound": "there is no such parameter in {region}; create it as a SecureString",
    "AccessDeniedException": "the host's role may not read it; it needs ssm:GetParameter on it",
    "InvalidKeyId": "the key that it is encrypted with is gone or may not be used",
    "UnrecognizedClientException": "the host's AWS credentials are not valid",
    "ExpiredTokenException": "the host's AWS credentials have expired",
}


class NotHad(Exception):
    """The parameter cannot be had."""


def main(argv: Sequence[str]) -> int:
    """Fetch one parameter; see the module's docstring for the exit codes."""
    options = _options(argv)
    if sys.stdout.isatty():
        print("a secret is written to a pipe only, never to a terminal", file=sys.stderr)
        return 2
    try:
        value = fetch(options.name, options.region)
    except ImportError:
        print("this Python has no boto3; use the environment that the installer builds", file=sys.stderr)
        return 78
    except NotHad as fault:
        print(fault, file=sys.stderr)
        return 1
    sys.stdout.write(value)
    sys.stdout.flush()
    return 0


def fetch(name: str, region: Optional[str]) -> str:
    """The decrypted value of a parameter.

    Raises:
        NotHad: AWS does not give it; the text holds no more than the error's code.
        ImportError: there is no boto3.
    """
    import boto3
    from botocore import config, exceptions

    patience = config.Config(connect_timeout=5, read_timeout=15, retries={"total_max_attempts": 3})
    try:
        client = boto3.client("ssm", region_name=region, config=patience)
        return str(client.get_parameter(Name=name, WithDecryption=True)["Parameter"]["Value"])
    except exceptions.ClientError as fault:
        code = str(fault.response["Error"]["Code"])
        reason = REASONS.get(code, f"AWS answers {code}")
        raise NotHad(reason.format(region=region or "the default region")) from None
    except exceptions.NoCredentialsError:
        raise NotHad("this host has no AWS credentials; does its instance role apply?") from None
    except exceptions.NoRegionError:
        raise NotHad("no region is configured") from None
    except exceptions.BotoCoreError as fault:
        raise NotHad(f"AWS cannot be asked ({type(fault).__name__})") from None


def _options(argv: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description="Write one SSM parameter to a pipe.",
        epilog="Exit codes" + (__doc__ or "").rpartition("Exit codes")[2],
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--region", metavar="REGION", help="where the parameter is")
    parser.add_argument("name", metavar="NAME", help="the parameter's name, as in /team/service/token")
    return parser.parse_args(argv)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
