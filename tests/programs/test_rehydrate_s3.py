"""Rehydration from S3: real boto3 over HTTP against moto's server."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Iterator

import model_fetch
import pytest
import rehydrate
from hostkit import config
from model_shelf import Settings

from tests.programs.aws_fakes import REGION, cloud
from tests.programs.rehydrate_fakes import FILES, Store


@pytest.fixture
def boto3(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    monkeypatch.setattr(model_fetch, "BACKOFF_SECONDS", 0.001)
    with cloud(monkeypatch) as boto3:
        yield boto3


@pytest.fixture
def s3(boto3: Any) -> Any:
    client = boto3.client("s3", region_name=REGION)
    client.create_bucket(Bucket="store", CreateBucketConfiguration={"LocationConstraint": REGION})
    return client


@pytest.fixture
def store(tmp_path: Path, s3: Any) -> Store:
    store = Store(tmp_path)
    for path, data in FILES.items():
        s3.put_object(Bucket="store", Key=f"models/model-a/{path}", Body=data)
    store.describe(kind="s3", location="s3://store/models/model-a", region=REGION)
    return store


def work(store: Store) -> rehydrate.Outcome:
    settings = config.load(Settings, str(store.settings))
    (outcome,) = rehydrate.work(settings, "run", dry_run=False, is_mount=lambda path: True)
    return outcome


def test_a_model_comes_from_s3(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(model_fetch, "PIECE_BYTES", 1000)
    outcome = work(store)
    assert (outcome.state, outcome.code, outcome.reason) == ("fetched", 0, "")
    assert store.found() == FILES
    assert work(store).state == "complete"


def test_what_is_there_is_not_fetched_again(store: Store) -> None:
    store.directory.mkdir(parents=True)
    (store.directory / "model-00001.safetensors.partial").write_bytes(FILES["model-00001.safetensors"][:5000])
    outcome = work(store)
    assert outcome.fetched_bytes == sum(map(len, FILES.values())) - 5000
    assert store.found() == FILES


def test_an_object_of_another_size(store: Store, s3: Any) -> None:
    s3.put_object(Bucket="store", Key="models/model-a/config.json", Body=FILES["config.json"] + b" ")
    assert "another version of the model" in work(store).reason


def test_an_object_that_is_not_there(store: Store, s3: Any) -> None:
    s3.delete_object(Bucket="store", Key="models/model-a/config.json")
    outcome = work(store)
    assert outcome.code == 1
    assert "s3://store/models/model-a/config.json is not there" in outcome.reason


def test_a_bucket_that_is_not_there(store: Store) -> None:
    store.describe(kind="s3", location="s3://another/models", region=REGION)
    assert "is not there" in work(store).reason


def test_no_credentials(store: Store, monkeypatch: pytest.MonkeyPatch, boto3: Any) -> None:
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    monkeypatch.setattr(boto3, "DEFAULT_SESSION", None)
    assert "this host has no AWS credentials" in work(store).reason


def test_nobody_answers(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:1")
    assert "given up after 5 attempts" in work(store).reason


@pytest.mark.parametrize("location", ["s3://", "s3:///x", "store/models", "s3://Store_X/models"])
def test_a_location_that_is_none(store: Store, location: str) -> None:
    store.describe(kind="s3", location=location, region=REGION)
    assert "is not of the form s3://bucket/prefix" in work(store).reason
