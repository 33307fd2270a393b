"""Widths of text in Source Sans Pro, for placing labels where no painter is at hand."""

from __future__ import annotations

from collections.abc import Callable

TextMeasure = Callable[[str, float, int], float]

# Advance widths of U+0020 to U+007E in 1/1000 em, from the shipped font files (test_text_widths compares).
_REGULAR = (
    "200 289 425 497 497 824 609 249 303 303 418 497 249 311 249 350 497 497 497 497 497 497 497 497 497 497 249 "
    "249 497 497 497 425 847 544 588 571 615 527 494 617 652 263 480 579 486 727 647 664 566 664 569 534 536 645 "
    "515 786 513 476 539 303 350 303 497 500 542 504 553 456 555 496 292 504 544 246 247 495 255 829 547 542 555 "
    "555 347 419 338 544 467 718 446 467 425 303 241 303 497"
)
_SEMIBOLD = (
    "200 315 482 513 513 841 639 275 324 324 438 513 275 322 275 344 513 513 513 513 513 513 513 513 513 513 275 "
    "275 513 513 513 444 875 558 597 576 625 538 510 628 663 282 494 597 502 745 656 674 582 674 592 545 546 655 "
    "536 800 541 501 540 324 344 324 513 500 549 516 563 462 564 507 317 520 558 262 263 522 271 843 560 549 564 "
    "564 373 431 361 556 495 748 481 495 443 324 255 324 513"
)
_BOLD = (
    "200 340 536 528 528 857 667 300 344 344 457 528 300 332 300 339 528 528 528 528 528 528 528 528 528 528 300 "
    "300 528 528 528 463 903 573 605 582 635 548 524 638 674 301 509 614 518 762 665 684 596 684 613 556 556 665 "
    "556 813 567 525 541 344 339 344 528 500 555 527 573 467 573 518 341 534 571 276 278 548 286 857 572 555 573 "
    "573 398 443 383 568 523 776 514 521 460 344 268 344 528"
)
_WIDTHS = {
    weight: tuple(map(int, table.split()))
    for weight, table in ((400, _REGULAR), (600, _SEMIBOLD), (700, _BOLD))
}
CAP_HEIGHT = 0.66
DIGIT_HEIGHT = 0.65


def text_width(text: str, size: float, weight: int) -> float:
    """Width of a line of text, without kerning; letters outside the table count as wide ones."""
    table = _WIDTHS[weight]
    thousandths = sum(table[ord(c) - 32] if " " <= c <= "~" else 600 for c in text)
    return thousandths * size / 1000
