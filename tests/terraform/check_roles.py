"""K05: with its policy each part can do all its work, and nothing is in a policy that its work does not need.

The emulator checks rights as AWS does; the policies are the files Terraform reads. Every exercise is done once with
the whole policy, where nothing may be refused. Then each grant is taken away in turn and the exercise that used it is
done again: it must be refused exactly that. It takes a minute, so `make check-roles` runs it, not the suite; it
prints which exercise needs which grant.
"""

import logging
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from fnmatch import fnmatchcase
from typing import Any

import pytest
from botocore.exceptions import ClientError

from data.errors import DashboardError
from tests.terraform import policies
from tests.terraform.account import Account, account
from tests.terraform.exercises import Exercise, Web, Worker, before
from tests.terraform.job_exercises import Operator, Restore, Snapshot, Watcher
from tests.terraform.policies import Grant

PARTS: dict[str, Callable[[Account], Any]] = {
    "web": Web, "worker": Worker, "snapshot": Snapshot, "operator": Operator, "watcher": Watcher, "restore": Restore,
}  # fmt: skip
# Whoever restores has the worker's role, and this beside it.
BESIDE = {"restore": "worker"}


@pytest.fixture(scope="module")
def aws_account(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Account]:
    """An account with a past."""
    with pytest.MonkeyPatch.context() as patch, account(tmp_path_factory.mktemp("aws"), patch) as made:
        before(made)
        yield made


def done(exercise: Exercise) -> None:
    """Do it; that it fails is seen in what was refused."""
    with suppress(DashboardError, ClientError):
        exercise()


def first_uses(mine: Account, role: str, exercises: Mapping[str, Exercise]) -> dict[Grant, list[str]]:
    """Do everything, in which nothing may be refused: the grants, and what used them first."""
    found: dict[Grant, list[str]] = {}
    for name, exercise in exercises.items():
        mine.calls.forget()
        done(exercise)
        assert not mine.calls.refused, (role, name, mine.calls.refused)
        for grant in mine.calls.used:
            found.setdefault(grant, []).append(name)
    return found


def uses(grant: Grant, used: Mapping[Grant, list[str]]) -> list[str]:
    """The exercises that needed it."""
    mine = (one for one in used if one.action == grant.action and fnmatchcase(one.resource, grant.resource))
    return list(dict.fromkeys(name for one in mine for name in used[one]))


def is_missed(mine: Account, grant: Grant, exercise: Exercise) -> bool:
    """Whether the exercise asks for just this, and is refused."""
    mine.calls.forget()
    done(exercise)
    return any(
        one.action == grant.action and fnmatchcase(one.resource, grant.resource) for one, _ in mine.calls.refused
    )


@pytest.mark.parametrize("role", PARTS)
def test_a_role_may_do_its_work_and_nothing_else(
    role: str, aws_account: Account, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.CRITICAL)
    mine, places = aws_account, aws_account.places()
    own = list(policies.grants(policies.document(role, places)))
    beside = list(policies.grants(policies.document(BESIDE[role], places))) if role in BESIDE else []
    mine.allow(role, policies.of_grants([*own, *beside]))
    with mine.signed_in(role, monkeypatch):
        exercises = PARTS[role](mine).exercises()
        used = first_uses(mine, role, exercises)
        unused = [grant for grant in own if not uses(grant, used)]
        assert not unused, f"nothing {role} does needs {unused}"
        for grant in own:
            mine.allow(role, policies.of_grants([*(one for one in own if one != grant), *beside]))
            names = uses(grant, used)
            name = next((one for one in names if is_missed(mine, grant, exercises[one])), None)
            assert name is not None, f"{names} do without {grant}"
            print(f"{role:9} {grant.action:28} {grant.resource.rsplit(':', 1)[1]:45} {name}")
