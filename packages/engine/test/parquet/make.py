"""Makes the Parquet files of this folder, with pyarrow 26.0.1: python3 make.py"""

import datetime
import decimal
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

HERE = Path(__file__).parent
UTC = datetime.timezone.utc

findings = pa.table(
    {
        "id": pa.array(["f-1", "f-2", None]),
        "count": pa.array([1, 9007199254740993, None], pa.int64()),
        "score": pa.array([0.5, float("nan"), -2.25], pa.float64()),
        "open": pa.array([True, False, None]),
        "day": pa.array([datetime.date(2026, 11, 27), datetime.date(1969, 12, 31), None]),
        "at": pa.array(
            [
                datetime.datetime(2026, 11, 27, 0, 30, 1, 250, UTC),
                datetime.datetime(1969, 12, 31, 23, 59, 59, 999999, UTC),
                None,
            ],
            pa.timestamp("us", tz="UTC"),
        ),
        "cost": pa.array([decimal.Decimal("12.30"), decimal.Decimal("-0.01"), None], pa.decimal128(9, 2)),
        "digest": pa.array([b"\x00\xff", b"ab", None], pa.binary(2)),
        "tags": pa.array([["a", "b"], [], None]),
        "owner": pa.array([{"name": "Ana", "id": 7}, {"name": None, "id": 8}, None]),
    }
)
numbers = pa.table({"n": pa.array(range(6), pa.int32())})

pq.write_table(findings, HERE / "findings.snappy.parquet", compression="snappy")
pq.write_table(numbers, HERE / "numbers.gzip.parquet", compression="gzip", row_group_size=4, data_page_version="2.0")
pq.write_table(numbers, HERE / "numbers.zstd.parquet", compression="zstd", row_group_size=2)
pq.write_table(numbers, HERE / "numbers.brotli.parquet", compression="brotli")

# one row group of 272 MB: a text of nothing but zeros, once
large = pa.table({"n": pa.array(["0" * 272_000_000], pa.string())})
pq.write_table(large, HERE / "large-group.zstd.parquet", compression="zstd", compression_level=19, use_dictionary=False, write_statistics=False)

# two million rows of one number: a run that stands in a few bytes
repeated = pa.table({"n": pa.repeat(pa.scalar(7, pa.int32()), 2_000_000)})
pq.write_table(repeated, HERE / "repeated.zstd.parquet", compression="zstd", row_group_size=2_000_000, data_page_size=1 << 30, max_rows_per_page=2_000_000, write_statistics=False)

# a row of 9 MB
pq.write_table(pa.table({"n": pa.array(["0" * 9_000_000])}), HERE / "large-item.zstd.parquet", compression="zstd", compression_level=19, use_dictionary=False, write_statistics=False)
