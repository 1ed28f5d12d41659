"""The indexer.toml that ``indexer init`` writes."""

EXAMPLE = """\
# screenshot-indexer's configuration. `indexer check` tries it out.

index = "index.duckdb"                    # the index, beside this file

# One table for each place where screenshots land.
[sources.classroom]
layout = "cloud-recording"                # or screenshot-upload, live-streaming, template, auto
interval = 10                             # seconds between two shots: captureInterval, snapshotInterval, Interval
moderated = false                         # true where every shot is sent to moderation
# full_every = 7                          # every so many runs all of it is listed, to find what was deleted
# late_hours = 48                         # how late a picture may be uploaded; other runs pass over what is older
# price_per_1000_requests = 0.005         # US dollars, for `indexer sync --plan`

# The platform's storageConfig, with its numbers or with names. It can be pasted as JSON too:
#   storage = '''{"vendor": 2, "region": 3, "bucket": "shots", "fileNamePrefix": ["directory1"]}'''
[sources.classroom.storage]
vendor = "local"                          # or qiniu (0), s3 (1), oss (2), cos (3), ks3 (4), azure (5), gcs (6),
                                          # obs (7), bos (8), s3-compatible (11)
bucket = "./screenshots"                  # the bucket's name; for local, a folder
# region = 3                              # the platform's number, or the provider's own id
# fileNamePrefix = ["directory1", "directory2"]
# accessKey = "env:OSS_ACCESS_KEY_ID"     # env:NAME, file:PATH or command:LINE; absent: the SDK's own chain (s3, oss)
# secretKey = "env:OSS_ACCESS_KEY_SECRET" # give the indexer a key that may list: the platform's own is best write-only
# credentials = "command:..."             # instead of both: a program that prints JSON as AWS's credential_process
# endpoint = "https://..."                # instead of the region's host; for cos, the bucket's own host
# domain = "https://..."                  # a domain bound to the bucket, without which qiniu shows no picture

# A template for services that let you choose the name, such as Alibaba Live:
# [sources.live]
# layout = "template"
# template = "record/{AppName}/{StreamName}/{Sequence}.jpg"
# utc_offset = "+00:00"                   # what the template's {Date} {Hour} {Minute} {Second} are ahead of UTC
# storage = { vendor = "oss", region = "cn-shanghai", bucket = "live" }

# Verdicts of your own, in CSV, JSON Lines or Parquet: `indexer ingest FILE --provider inhouse`
# [moderation.inhouse]
# columns = { key = "object", label = "label", score = "score", suggestion = "decision" }
# score_scale = "0-100"
# suggestions = { REJECT = "block", MANUAL = "review", OK = "pass" }

# Callbacks of the platforms, over HTTP: `indexer serve` takes them, `indexer ingest --inbox` indexes them.
# [receiver]
# listen = "127.0.0.1:8321"               # this machine only: a proxy in front of it speaks TLS
# [receiver.callbacks.agora_live]         # POST /callbacks/agora_live
# secret = "env:NCS_SECRET"               # what the platform signs with
# [receiver.callbacks.alibaba_live]       # POST /callbacks/alibaba_live/TOKEN, for those that sign nothing
# token = "env:CALLBACK_TOKEN"            # 16 to 256 letters, digits, - _ . ~

# From when on something is a finding of `indexer reconcile`. Shares are from 0 to 1.
# [reconcile]
# gap_critical_seconds = 600              # a gap that nothing explains is critical from this length on
# late_seconds = 300                      # an object that was written this long after its shot came late
# frozen_shots = 5                        # so many shots in a row with one picture are a frozen one
# tiny_share = 0.1                        # a picture below this share of its session's median size is black, or nearly
# drift_share = 0.2                       # an observed interval may be this share off the configured one
# unknown_share = 0.01                    # this share of a source's keys may be unparsed
# action_seconds = 60                     # a session may go on for so long after its first block
# expiring_days = 7                       # evidence is told of so long before its bucket deletes it

# What `indexer nightly` does besides syncing, taking in what was received, and reconciling.
# [nightly]
# ingest = ["payloads/*.json", { path = "verdicts.csv", provider = "inhouse" }]
# report = "report.html"
# summary = "nightly.json"                # all of it for machines
# textfile = "/var/lib/node_exporter/indexer.prom"
# notify = "env:SLACK_WEBHOOK"            # where the summary is posted to; the address is a secret
# notify_on = "always"                    # or findings, failure
# fail_on = "critical"                    # from which severity on it ends with 4: info, warning, critical, never
# concurrency = 64                        # as `indexer sync` has it; max_requests_per_second too

# The index in a browser, for analysts: `indexer serve` shows it.
# [pages]
# listen = "127.0.0.1:8322"               # this machine only: a proxy in front of it speaks TLS
# token = "env:PAGES_TOKEN"               # what people log in with: 16 to 256 letters, digits, - _ . ~
# origins = ["https://shots.example.com"] # where a proxy shows the pages to browsers
"""
