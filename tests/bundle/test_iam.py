"""The evaluation that `test_reach` rests on, held to what AWS's documentation says of it."""

from __future__ import annotations

import pytest

from iam import allows, matches


def policy(*statements: dict) -> dict:
    return {"Version": "2012-10-17", "Statement": list(statements)}


def statement(effect: str = "Allow", action: str = "s3:GetObject", resource: str = "*", **more: object) -> dict:
    return {"Sid": "S", "Effect": effect, "Action": action, "Resource": resource, **more}


def test_what_nothing_allows_is_denied_and_a_denial_wins():
    assert not allows(policy(), "s3:GetObject", "x", {})
    assert allows(policy(statement()), "s3:getobject", "x", {})
    assert not allows(policy(statement(), statement("Deny", "s3:*")), "s3:GetObject", "x", {})


def test_wildcards_cross_slashes_and_nothing_else_is_special():
    assert matches("a/*/c?", "a/b/b/c1")
    assert not matches("a/*/c?", "a/b/c")
    assert not matches("a.c", "abc")
    assert not matches("abc", "abcd")


def test_a_key_that_is_absent_meets_only_null():
    def under(operator: str, value: str, context: dict) -> bool:
        return allows(policy(statement(Condition={operator: {"aws:RequestTag/a": value}})), "s3:GetObject", "x", context)

    assert not under("StringEquals", "v", {}) and not under("StringLike", "*", {}) and not under("Bool", "false", {})
    assert not under("ForAnyValue:StringEquals", "v", {})
    assert under("Null", "true", {}) and not under("Null", "false", {})
    assert under("Null", "false", {"aws:requesttag/A": "v"}) and not under("Null", "true", {"aws:RequestTag/a": "v"})


def test_all_conditions_hold_and_any_of_their_values():
    both = {"StringEquals": {"aws:username": ["a", "b"]}, "Bool": {"aws:SecureTransport": "true"}}
    held = policy(statement(Condition=both))
    assert allows(held, "s3:GetObject", "x", {"aws:username": "b", "aws:SecureTransport": "true"})
    assert not allows(held, "s3:GetObject", "x", {"aws:username": "c", "aws:SecureTransport": "true"})
    assert not allows(held, "s3:GetObject", "x", {"aws:username": "b"})


def test_a_variable_without_a_value_matches_nothing():
    own = policy(statement(resource="user/${aws:username}"))
    assert allows(own, "s3:GetObject", "user/a", {"aws:username": "a"})
    assert not allows(own, "s3:GetObject", "user/b", {"aws:username": "a"})
    assert not allows(own, "s3:GetObject", "user/${aws:username}", {})


@pytest.mark.parametrize(
    "unknown", [statement(Condition={"DateLessThan": {"aws:CurrentTime": "x"}}), statement(NotAction="s3:*")]
)
def test_what_it_does_not_know_is_refused(unknown):
    with pytest.raises(NotImplementedError):
        allows(policy(unknown), "s3:GetObject", "x", {})
