"""Alibaba OSS: S3's manifest, with its instant in seconds and its MD5 in upper case.

Source: https://help.aliyun.com/zh/oss/user-guide/bucket-inventory
"""

from __future__ import annotations

from dataclasses import replace

from indexer.inventory.dialects import s3

DIALECT = replace(s3.DIALECT, vendor="oss", read=lambda told: replace(s3.read(told), vendor="oss"))
