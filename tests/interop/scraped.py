"""A program in each language that is scraped: it answers a line with what it listens at, or after it has recorded."""

from __future__ import annotations

import json

BOUNDS = [0.1, 0.5, 1.0, 2.0]
LATENCIES = [0.05, 0.2, 0.3, 0.7, 0.9, 0.95, 1.5, 1.75, 3.0, 0.5]

PYTHON = f"""
import sys, vigie
vigie.init(service="shop", outputs=[{{"to": "prometheus", "listen": "127.0.0.1:0"}}])
orders = vigie.counter("orders", description="Orders placed.")
latency = vigie.histogram("latency_seconds", unit="s", description="Time taken.", buckets={BOUNDS})
for line in sys.stdin:
    if line.strip() == "where":
        print(vigie.stats()["outputs"][0]["listening"], flush=True)
        continue
    orders.add(int(line), region="eu")
    for value in {LATENCIES}:
        latency.record(value)
    print("done", flush=True)
"""

NODE = f"""
import {{ createInterface }} from 'node:readline'
import * as vigie from 'vigie'
vigie.init({{ service: 'shop', outputs: [{{ to: 'prometheus', listen: '127.0.0.1:0' }}] }})
const orders = vigie.counter('orders', {{ description: 'Orders placed.' }})
const latency = vigie.histogram('latency_seconds', {{ unit: 's', description: 'Time taken.', buckets: {BOUNDS} }})
for await (const line of createInterface({{ input: process.stdin }})) {{
  if (line === 'where') {{
    console.log(vigie.stats().outputs[0].listening)
    continue
  }}
  orders.add(Number(line), {{ region: 'eu' }})
  for (const value of {LATENCIES}) latency.record(value)
  console.log('done')
}}
"""

C = rf"""
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <vigie.h>
#define CHECK(call) if ((call) != VIGIE_OK) return __LINE__

static int where(void)
{{
    uint8_t stats[16384];
    size_t length;
    char *begin, *end;
    CHECK(vigie_stats(stats, sizeof stats - 1, &length));
    stats[length] = 0;
    begin = strstr((char *)stats, "\"listening\":\"") + strlen("\"listening\":\"");
    end = strchr(begin, '"');
    printf("%.*s\n", (int)(end - begin), begin);
    return 0;
}}

int main(void)
{{
    const double latencies[] = {{{", ".join(map(str, LATENCIES))}}};
    char line[64];
    size_t i;
    CHECK(vigie_init(VIGIE_TEXT(
        "{{\"service\":\"shop\",\"outputs\":[{{\"to\":\"prometheus\",\"listen\":\"127.0.0.1:0\"}}]}}")));
    CHECK(vigie_metric_describe(VIGIE_TEXT("orders"), VIGIE_TEXT("{{\"description\":\"Orders placed.\"}}")));
    CHECK(vigie_metric_describe(VIGIE_TEXT("latency_seconds"), VIGIE_TEXT(
        "{{\"unit\":\"s\",\"description\":\"Time taken.\",\"buckets\":{BOUNDS}}}")));
    while (fgets(line, sizeof line, stdin)) {{
        if (strcmp(line, "where\n") == 0) {{
            CHECK(where());
        }} else {{
            CHECK(vigie_counter_add(VIGIE_TEXT("orders"), atoi(line), VIGIE_TEXT("{{\"region\":\"eu\"}}")));
            for (i = 0; i < sizeof latencies / sizeof *latencies; i++)
                CHECK(vigie_histogram_record(VIGIE_TEXT("latency_seconds"), latencies[i], VIGIE_TEXT("")));
            puts("done");
        }}
        fflush(stdout);
    }}
    return 0;
}}
"""

POWERSHELL = rf"""
$ErrorActionPreference = 'Stop'
Import-Module Vigie
Initialize-Vigie shop -Output @{{ to = 'prometheus'; listen = '127.0.0.1:0' }}
while ($null -ne ($line = [Console]::In.ReadLine())) {{
    if ($line -eq 'where') {{
        [Console]::Out.WriteLine((Get-VigieStatistic).outputs[0].listening)
        continue
    }}
    Add-VigieCounter orders ([int] $line) @{{ region = 'eu' }} -Description 'Orders placed.'
    {", ".join(map(str, LATENCIES))} | Add-VigieHistogram latency_seconds -Unit s -Description 'Time taken.' -Bucket {", ".join(map(str, BOUNDS))}
    [Console]::Out.WriteLine('done')
}}
"""

# An example of the core's crate, which is told what the others have in their text.
RUST = json.dumps({"buckets": BOUNDS, "latencies": LATENCIES})

SCRAPED = {"python": PYTHON, "node": NODE, "c": C, "rust": RUST, "powershell": POWERSHELL}
