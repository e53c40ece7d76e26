"""Writes data/*.parquet, the files that read-table.test.ts reads.

    python -m venv venv && venv/bin/pip install pyarrow==26.0.1 && venv/bin/python parquet.py
"""
import datetime
import decimal
import pathlib

import pyarrow as pa
import pyarrow.parquet as pq

folder = pathlib.Path(__file__).with_name("data")
folder.mkdir(exist_ok=True)
flat = pa.table({
    "amount": pa.array([1.5, None, float("nan"), -2.25], pa.float64()),
    "count": pa.array([1, 2, None, 9007199254740991], pa.int64()),
    "price": pa.array([decimal.Decimal("1.25"), decimal.Decimal("0.50"), None, decimal.Decimal("-3.00")], pa.decimal128(9, 2)),
    "region": pa.array(["north", "south", None, "north"]).dictionary_encode(),
    "returning": pa.array([True, False, None, True]),
    "at": pa.array([datetime.datetime(2026, 11, 1), None, None, datetime.datetime(2026, 11, 2)], pa.timestamp("ms")),
    "<script>alert(1)</script>": pa.array(["a", "b", "a", "b"]),
})
for codec in ["none", "snappy", "gzip", "zstd", "brotli", "lz4"]:
    # Two row groups: rows of the second follow those of the first.
    pq.write_table(flat, folder / f"{codec}.parquet", compression=codec, row_group_size=3)
pq.write_table(pa.table({"a": [1, 2], "tags": [["x"], ["y", "z"]]}), folder / "nested.parquet")
pq.write_table(flat.slice(0, 0), folder / "empty.parquet")
