"""Starts the stand-in as a process, as its users do, and hands out clients for it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import urllib.error
import urllib.request
from pathlib import Path

import boto3
import pytest
from botocore.config import Config

FOLDER = Path(__file__).resolve().parent.parent
ACCOUNT, OTHER_ACCOUNT = "123456789012", "210987654321"
KEYS = {
    ACCOUNT: ("AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"),
    OTHER_ACCOUNT: ("AKIAI44QH8DHBEXAMPLE", "je7MtGbClwBF/2Zp9Utk/h3yCo8nvbEXAMPLEKEY"),
}
# A fault is seen once, not retried away. The patience is for machines that do much else besides.
ONCE = Config(retries={"max_attempts": 0}, connect_timeout=60, read_timeout=60)


class StandIn:
    def __init__(self, *arguments: str, module: str = "stand_in") -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", module, *arguments],
            cwd=FOLDER,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        line = self.process.stdout.readline()
        assert line, f"{module} ended with {self.process.wait()} before it listened"
        self.port = json.loads(line)["port"]
        self.url = f"http://127.0.0.1:{self.port}"
        self._clients: dict = {}

    def client(self, service: str, region: str = "us-east-1", account: str = ACCOUNT, config: Config = ONCE, **keys):
        access_key, secret_key = KEYS[account]
        chosen = {"aws_access_key_id": access_key, "aws_secret_access_key": secret_key, **keys}
        sort = (service, region, id(config), *sorted(chosen.items()))
        if sort not in self._clients:
            self._clients[sort] = boto3.client(service, region_name=region, endpoint_url=self.url, config=config, **chosen)
        return self._clients[sort]

    def ec2(self, region: str = "us-east-1", account: str = ACCOUNT):
        return self.client("ec2", region, account)

    def control(self, method: str, path: str, body: object = None) -> dict:
        status, answer = self.try_control(method, path, body)
        assert status == 200, answer
        return answer

    def try_control(self, method: str, path: str, body: object = None) -> tuple[int, dict]:
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(f"{self.url}/_curfew/{path}", method=method, data=data)
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:
                return answer.status, json.loads(answer.read())
        except urllib.error.HTTPError as refused:
            return refused.code, json.loads(refused.read())

    def fleet(self, *groups: dict) -> list[str]:
        return self.control("POST", "fleet", list(groups))["ids"]

    def one(self, **group) -> str:
        return self.fleet(group)[0]

    def instance(self, instance_id: str, region: str = "us-east-1", account: str = ACCOUNT) -> dict:
        return self.control("GET", f"instance?account={account}&region={region}&id={instance_id}")

    def state(self, instance_id: str, **where: str) -> str:
        return self.instance(instance_id, **where)["state"]

    def advance(self, seconds: float) -> None:
        self.control("POST", "advance", {"seconds": seconds})

    def launch(self, region: str = "us-east-1", **parameters) -> dict:
        """RunInstances of one, with an image that exists; the answer's instance."""
        return self.ec2(region).run_instances(**{**self.launch_parameters(region), **parameters})["Instances"][0]

    def launch_parameters(self, region: str = "us-east-1") -> dict:
        return {"ImageId": self.image(region), "InstanceType": "t3.micro", "MinCount": 1, "MaxCount": 1}

    def image(self, region: str = "us-east-1", architecture: str = "x86_64") -> str:
        return self.control("GET", f"image?region={region}&architecture={architecture}")["id"]

    def cpu_seconds(self) -> float:
        """What the server has used so far: a busy machine makes the clock on the wall no measure."""
        with open(f"/proc/{self.process.pid}/stat", encoding="ascii") as stat:
            user, system = stat.read().rsplit(")", 1)[1].split()[11:13]
        return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")

    def end(self) -> int:
        self.process.stdin.close()
        return self.process.wait(timeout=10)


@pytest.fixture(scope="session")
def _process():
    started = StandIn()
    yield started
    assert started.end() == 0


@pytest.fixture
def aws(_process):
    """The stand-in, empty."""
    _process.control("POST", "reset")
    return _process


@pytest.fixture
def refused():
    """`with refused("Code", "part of the message")`: the call inside must fail so."""
    from contextlib import contextmanager

    from botocore.exceptions import ClientError

    @contextmanager
    def expect(code: str, text: str = "", status: int | None = None):
        with pytest.raises(ClientError) as caught:
            yield caught
        error, metadata = caught.value.response["Error"], caught.value.response["ResponseMetadata"]
        assert error["Code"] == code, error
        assert text in error["Message"], error
        assert status is None or metadata["HTTPStatusCode"] == status, metadata

    return expect
