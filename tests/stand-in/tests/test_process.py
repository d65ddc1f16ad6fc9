"""How the stand-in starts and ends."""

import json
import signal
import socket
import subprocess
import sys

from conftest import FOLDER, StandIn


def test_it_listens_on_loopback_only():
    started = StandIn()
    try:
        with open(f"/proc/{started.process.pid}/net/tcp", encoding="ascii") as table:
            listening = [line.split()[1] for line in table if line.split()[3] == "0A"]
        assert f"0100007F:{started.port:04X}" in listening
        assert f"00000000:{started.port:04X}" not in listening
    finally:
        assert started.end() == 0


def test_it_ends_on_sigterm_even_while_a_call_hangs():
    started = StandIn()
    started.control("POST", "faults", [{"fault": {"hang": True}}])
    with socket.create_connection(("127.0.0.1", started.port)) as connection:
        connection.sendall(b"POST / HTTP/1.1\r\nHost: ec2.amazonaws.com\r\nContent-Length: 0\r\n\r\n")
        started.process.send_signal(signal.SIGTERM)
        assert started.process.wait(timeout=10) == 0


def test_a_seed_file_plants_a_fleet(tmp_path):
    seed = tmp_path / "seed.json"
    seed.write_text(json.dumps({
        "regions": [{"enabled": ["ap-east-1"]}],
        "fleet": [{"region": "ap-east-1", "type": "g5.xlarge", "name": "seeded", "launched_ago_s": 7200}],
        "deny": {"actions": ["ec2:StopInstances"]},
    }))  # fmt: skip
    started = StandIn("--seed", str(seed))
    try:
        found = started.ec2("ap-east-1").describe_instances()["Reservations"]
        assert [r["Instances"][0]["Tags"] for r in found] == [[{"Key": "Name", "Value": "seeded"}]]
    finally:
        started.end()


def test_a_wrong_seed_file_is_refused_with_its_fault(tmp_path):
    seed = tmp_path / "seed.json"
    seed.write_text(json.dumps({"fleet": [{"kind": "g5.xlarge"}]}))
    ended = subprocess.run(
        [sys.executable, "-m", "stand_in", "--seed", str(seed)], cwd=FOLDER, capture_output=True, text=True, timeout=30
    )
    assert ended.returncode == 2
    assert "no key is called kind" in ended.stderr


def test_reset_forgets_everything(aws):
    made = aws.one()
    aws.control("POST", "deny", {"actions": ["ec2:*"]})
    aws.control("POST", "clock", {"pending_s": 99})
    aws.advance(5000)
    aws.control("POST", "reset")
    assert aws.ec2().describe_instances()["Reservations"] == []
    assert aws.try_control("GET", f"instance?region=us-east-1&id={made}")[0] == 404
    assert aws.control("GET", "clock")["pending_s"] == 2.0
    again = aws.one()
    assert aws.state(again) == "running"


def test_a_wrong_control_call_says_what_is_wrong(aws):
    assert aws.try_control("POST", "fleet", [{"market": "auction"}]) == (
        400,
        {"error": "entry 0: market must be one of on-demand, spot, spot-persistent, not 'auction'"},
    )
    assert aws.try_control("POST", "advance", {})[1] == {"error": "'seconds' is missing"}
    assert aws.try_control("GET", "nothing")[0] == 404
