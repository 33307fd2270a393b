"""Volumes and lengths: reading, writing and sharing without losing a microlitre."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from injectmap.domain.errors import InputRefused
from injectmap.domain.units import parse_volume, share_out, show_length, show_volume, volume_per_cm


@pytest.mark.parametrize(
    ("typed", "microlitres"),
    [
        ("0.15", 150),
        ("0,15", 150),
        (".15", 150),
        (" 1 ", 1000),
        ("0.125", 125),
        ("1.250", 1250),
        ("2.", 2000),
        ("0.1000", 100),
    ],
)
def test_reads_volumes_as_typed(typed: str, microlitres: int) -> None:
    assert parse_volume(typed) == microlitres


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("", "volume_empty"),
        ("  ", "volume_empty"),
        (".", "volume_not_a_number"),
        ("abc", "volume_not_a_number"),
        ("0.1.5", "volume_not_a_number"),
        ("1,234.5", "volume_not_a_number"),
        ("1 000", "volume_not_a_number"),
        ("0.15 mL", "volume_not_a_number"),
        ("1e-1", "volume_not_a_number"),
        ("٠.٥x", "volume_not_a_number"),
        ("-0.1", "volume_negative"),
        ("−0.1", "volume_negative"),
        ("0", "volume_zero"),
        ("0.00", "volume_zero"),
        ("0.0001", "volume_too_precise"),
        ("0.1234", "volume_too_precise"),
    ],
)
def test_refuses_what_is_not_a_volume(typed: str, code: str) -> None:
    with pytest.raises(InputRefused) as refused:
        parse_volume(typed)
    assert refused.value.code == code


@given(st.integers(1, 9_999_999))
def test_what_is_shown_reads_back(microlitres: int) -> None:
    assert parse_volume(show_volume(microlitres)) == microlitres


@given(st.integers(0, 10**7), st.lists(st.integers(0, 10**6), min_size=1, max_size=12))
def test_shares_sum_to_the_whole_and_stay_near_their_due(total: int, weights: list[int]) -> None:
    parts = share_out(total, weights)
    assert sum(parts) == total
    whole = sum(weights)
    if whole:
        assert all(
            abs(part - total * weight / whole) < 1 for part, weight in zip(parts, weights, strict=True)
        )
        assert all(part == 0 for part, weight in zip(parts, weights, strict=True) if weight == 0)


def test_shares_refuse_debts() -> None:
    for arguments in ((-1, [1]), (1, [-1]), (1, [])):
        with pytest.raises(ValueError, match="share"):
            share_out(*arguments)


def test_lengths_and_rates_for_the_eye() -> None:
    assert show_length(45_499) == "45"
    assert show_length(45_500) == "46"
    assert volume_per_cm(140, 35_000) == "0.04"
    assert volume_per_cm(140, 0) == ""
    assert show_volume(-1130) == "-1.13"
    assert show_volume(1126, decimals=2) == "1.13"
