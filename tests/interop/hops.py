"""A program in each language that is called and calls, over plain sockets or with the language's own HTTP.

Each answers a line on its standard input with a line of JSON:

- ``use CONFIG``: configured, anew if it was before;
- ``where``: the port on which it is called;
- ``serve``: after one request: the ids of the span that the headers named (trace, span, whether it is sampled), those of the
  span below it, and the headers that carry the latter;
- ``call PORT``: after it has made a request in a span: the ids of the span, and the headers that it sent. Baggage (``k`` and
  ``l``) and a correlation id go along;
- ``flood``: the headers that carry what is read from 10 000 headers of baggage and as many ``traceparent``, of 8 KiB each.
"""

from __future__ import annotations

PYTHON = r"""
import http.client, json, sys, vigie
from http.server import BaseHTTPRequestHandler, HTTPServer

def identity(context):
    return context.trace_id and [context.trace_id, context.span_id, context.sampled]

class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        with vigie.extract(self.headers) as came, vigie.span("hop") as span:
            told.update(parent=identity(came), span=identity(span.context), headers=vigie.inject({}))
        self.send_response(204)
        self.end_headers()

    def log_message(self, *_):
        pass

def serve():
    server.handle_request()
    return told

def call(port):
    with vigie.context(baggage={"k": "v ä,1", "l": "w"}, correlation_id="req-1"), vigie.span("hop") as span:
        sent = vigie.inject({})
        connection = http.client.HTTPConnection("127.0.0.1", int(port), timeout=60)
        connection.request("GET", "/", headers=sent)
        connection.getresponse().read()
        return {"span": identity(span.context), "headers": sent}

def flood():
    long, many = b"k=" + b"x" * 8192, b"a=1," * 2048
    carrier = [("baggage", many), ("baggage", long)] * 5000 + [("traceparent", long)] * 10000
    return vigie.inject({}, vigie.context_from(carrier))

told = {}
server = HTTPServer(("127.0.0.1", 0), Handler)
words = {
    "use": lambda config: vigie.reconfigure(json.loads(config)) or "used",
    "where": lambda: server.server_port,
    "serve": serve,
    "call": call,
    "flood": flood,
}
for line in sys.stdin:
    word, *rest = line.strip().split(" ", 1)
    print(json.dumps(words[word](*rest)), flush=True)
"""

NODE = r"""
import http from 'node:http'
import { createInterface } from 'node:readline'
import * as vigie from 'vigie'

const identity = (context) => (context.traceId === undefined ? null : [context.traceId, context.spanId, context.sampled])
let told
const server = http.createServer((request, answer) => {
  vigie.extract(request.headers, () => {
    const came = vigie.currentContext()
    vigie.span('hop', (span) => told({ parent: identity(came), span: identity(span.context), headers: vigie.inject({}) }))
  })
  answer.writeHead(204, { connection: 'close' }).end()
})
await new Promise((done) => server.listen(0, '127.0.0.1', done))

const request = (port, headers) => new Promise((done, fail) => {
  const sent = http.get({ host: '127.0.0.1', port, headers, agent: false }, (answer) => answer.resume().on('end', done))
  sent.on('error', fail)
})
const call = (port) => vigie.withContext({ correlation_id: 'req-1' }, () => vigie.span('hop', async (span) => {
  const headers = vigie.inject({})
  await request(port, headers)
  return { span: identity(span.context), headers }
}), { baggage: { k: 'v ä,1', l: 'w' } })
const flood = () => {
  const long = 'k=' + 'x'.repeat(8192)
  const many = 'a=1,'.repeat(2048)
  const baggage = Array(10000).fill([many, long]).flat().slice(0, 10000)
  return vigie.inject({}, vigie.contextFrom({ baggage, traceparent: Array(10000).fill(long) }))
}
const words = {
  use: (config) => { vigie.reconfigure(JSON.parse(config)); return 'used' },
  where: () => server.address().port,
  serve: () => new Promise((done) => { told = done }),
  call,
  flood,
}
for await (const line of createInterface({ input: process.stdin })) {
  const [word, rest] = line.split(/ (.*)/)
  console.log(JSON.stringify(await words[word](rest)))
}
server.close()
"""

POWERSHELL = r"""
Import-Module Vigie
$listener = [Net.Sockets.TcpListener]::new([Net.IPAddress]::Loopback, 0)
$listener.Start()

function Get-Identity($context) {
    if ($null -eq $context.TraceId) { return , $null }
    , @($context.TraceId, $context.SpanId, ($context.TraceParent -match '[13]$'))
}

function Read-Request {
    $client = $listener.AcceptTcpClient()
    $stream = $client.GetStream()
    $reader = [IO.StreamReader]::new($stream)
    $null = $reader.ReadLine()
    $headers = @{}
    while (($line = $reader.ReadLine())) {
        $name, $value = $line -split ': ?', 2
        $headers[$name] = $value
    }
    $answer = [Text.Encoding]::ASCII.GetBytes("HTTP/1.1 204 No Content`r`nConnection: close`r`n`r`n")
    $stream.Write($answer, 0, $answer.Length)
    $client.Dispose()
    $headers
}

function Invoke-Serve {
    $came = ConvertFrom-VigieTraceHeader (Read-Request)
    Use-VigieContext $came {
        Use-VigieSpan hop { @{ parent = Get-Identity $came; span = Get-Identity (Get-VigieSpan); headers = Get-VigieTraceHeader } }
    }
}

function Invoke-Call($port) {
    Use-VigieContext @{ correlation_id = 'req-1' } -Baggage ([ordered]@{ k = "v $([char]0xe4),1"; l = 'w' }) {
        Use-VigieSpan hop {
            $headers = Get-VigieTraceHeader
            $null = Invoke-WebRequest "http://127.0.0.1:$port/" -Headers $headers
            @{ span = Get-Identity (Get-VigieSpan); headers = $headers }
        }
    }
}

function Invoke-Flood {
    $long, $many = ('k=' + 'x' * 8192), ('a=1,' * 2048)
    $baggage = [object[]]::new(10000)
    for ($i = 0; $i -lt 10000; $i += 2) { $baggage[$i], $baggage[$i + 1] = $many, $long }
    ConvertFrom-VigieTraceHeader @{ baggage = $baggage; traceparent = @($long) * 10000 } | Get-VigieTraceHeader
}

while ($null -ne ($line = [Console]::In.ReadLine())) {
    $word, $rest = $line -split ' ', 2
    $answer = switch ($word) {
        'use' { Initialize-Vigie -Configuration ($rest | ConvertFrom-Json -AsHashtable) -Force; 'used' }
        'where' { $listener.LocalEndpoint.Port }
        'serve' { Invoke-Serve }
        'call' { Invoke-Call $rest }
        'flood' { Invoke-Flood }
    }
    [Console]::Out.WriteLine((ConvertTo-Json $answer -Compress -Depth 5))
}
Stop-Vigie
"""

C = r"""
#define _POSIX_C_SOURCE 200809L
#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>
#include <vigie.h>
#define CHECK(call) if ((call) != VIGIE_OK) { fprintf(stderr, "line %d\n", __LINE__); exit(1); }
#define BYTES(text) (const uint8_t *)(text), strlen(text)

static char own[65536], came[65536], line[65536];

static const char *copied(char *to, int32_t (*copy)(uint64_t, uint8_t *, size_t, size_t *), uint64_t of)
{
    size_t length;
    CHECK(copy(of, (uint8_t *)to, sizeof own - 1, &length));
    to[length] = 0;
    return to;
}

static int32_t headers_of(uint64_t span, uint8_t *to, size_t cap, size_t *length) { return vigie_inject(span, VIGIE_CARRIER_HTTP, to, cap, length); }

/* The ids of a context, of what vigie_context_get tells. */
static const char *identity(uint64_t context)
{
    static char told[2][128];
    static int turn;
    const char *json = copied(came, vigie_context_get, context);
    const char *parent = strstr(json, "\"traceparent\":\"");
    char *to = told[turn++ % 2];
    if (context == 0 || parent == NULL) return "null";
    parent += strlen("\"traceparent\":\"");
    snprintf(to, sizeof told[0], "[\"%.32s\",\"%.16s\",%s]", parent + 3, parent + 36, (parent[54] - '0') % 2 ? "true" : "false");
    return to;
}

/* Headers as they stand in a request, as JSON. The values of the test hold nothing that JSON escapes. */
static void received(int listener, char *json)
{
    int peer = accept(listener, NULL, NULL);
    FILE *stream = fdopen(peer, "r+");
    const char *answer = "HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n";
    size_t at = 1;
    strcpy(json, "{");
    while (fgets(line, sizeof line, stream) != NULL && line[0] != '\r') {
        char *colon = strstr(line, ": ");
        if (colon == NULL) continue;
        line[strcspn(line, "\r")] = 0;
        *colon = 0;
        at += (size_t)sprintf(json + at, "%s\"%s\":\"%s\"", at > 1 ? "," : "", line, colon + 2);
    }
    strcpy(json + at, "}");
    CHECK(write(peer, answer, strlen(answer)) == (ssize_t)strlen(answer) ? VIGIE_OK : 1);
    fclose(stream);
}

static void serve(int listener)
{
    uint64_t context, span;
    received(listener, own);
    CHECK(vigie_extract(BYTES(own), &context));
    CHECK(vigie_span_start(VIGIE_TEXT("hop"), 0, context, NULL, 0, &span));
    printf("{\"parent\":%s,", identity(context));
    printf("\"span\":%s,\"headers\":%s}\n", identity(span), copied(own, headers_of, span));
    vigie_span_end(span);
    if (context != 0) vigie_release(context);
}

/* A request with the headers of a JSON object, whose values hold no quotation mark. */
static void request(const char *port, const char *json)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)atoi(port)), .sin_addr = {htonl(INADDR_LOOPBACK)}};
    int peer = socket(AF_INET, SOCK_STREAM, 0);
    char *text = malloc(sizeof own), *at = text;
    CHECK(connect(peer, (struct sockaddr *)&address, sizeof address));
    at += sprintf(at, "GET / HTTP/1.1\r\nHost: hop\r\n");
    for (const char *quote = strchr(json, '"'); quote != NULL; quote = strchr(strchr(strchr(quote + 1, '"') + 3, '"') + 1, '"')) {
        const char *value = strchr(quote + 1, '"') + 3;
        at += sprintf(at, "%.*s: %.*s\r\n", (int)strcspn(quote + 1, "\""), quote + 1, (int)strcspn(value, "\""), value);
    }
    at += sprintf(at, "Connection: close\r\n\r\n");
    CHECK(write(peer, text, (size_t)(at - text)) == at - text ? VIGIE_OK : 1);
    while (read(peer, text, sizeof own) > 0) {}
    close(peer);
    free(text);
}

static void call(const char *port)
{
    uint64_t around, with_baggage, span;
    CHECK(vigie_context_with(VIGIE_ROOT, VIGIE_TEXT("{\"correlation_id\":\"req-1\"}"), &around));
    CHECK(vigie_context_with_baggage(around, VIGIE_TEXT("{\"k\":\"v \xc3\xa4,1\",\"l\":\"w\"}"), &with_baggage));
    CHECK(vigie_span_start(VIGIE_TEXT("hop"), 0, with_baggage, NULL, 0, &span));
    request(port, copied(own, headers_of, span));
    printf("{\"span\":%s,\"headers\":%s}\n", identity(span), own);
    vigie_span_end(span);
    vigie_release(with_baggage);
    vigie_release(around);
}

static void flood(void)
{
    enum { COUNT = 10000, EACH = 8200 };
    char *json = malloc(2 * COUNT * (EACH + 8) + 64), *at = json;
    uint64_t context;
    for (int field = 0; field < 2; field++) {
        at += sprintf(at, "%s\"%s\":[", field ? "]," : "{", field ? "traceparent" : "baggage");
        for (int i = 0; i < COUNT; i++) {
            at += sprintf(at, "%s\"%s", i ? "," : "", i % 2 ? "k=" : "");
            for (int j = 0; j < 2048; j++) { memcpy(at, i % 2 ? "xxxx" : "a=1,", 4); at += 4; }
            *at++ = '"';
        }
    }
    at += sprintf(at, "]}");
    CHECK(vigie_extract((uint8_t *)json, (size_t)(at - json), &context));
    free(json);
    printf("%s\n", copied(own, headers_of, context));
    vigie_release(context);
}

int main(void)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};
    socklen_t size = sizeof address;
    int listener = socket(AF_INET, SOCK_STREAM, 0);
    char word[65536];
    setvbuf(stdout, NULL, _IOLBF, 0);
    CHECK(bind(listener, (struct sockaddr *)&address, size));
    CHECK(listen(listener, 16));
    CHECK(getsockname(listener, (struct sockaddr *)&address, &size));
    while (fgets(word, sizeof word, stdin) != NULL) {
        word[strcspn(word, "\n")] = 0;
        if (strncmp(word, "use ", 4) == 0) {
            CHECK(vigie_reconfigure(BYTES(word + 4)));
            puts("\"used\"");
        } else if (strcmp(word, "where") == 0) printf("%d\n", ntohs(address.sin_port));
        else if (strcmp(word, "serve") == 0) serve(listener);
        else if (strncmp(word, "call ", 5) == 0) call(word + 5);
        else flood();
    }
    return vigie_shutdown(5000) == VIGIE_OK ? 0 : 1;
}
"""

HOPS = {"python": PYTHON, "node": NODE, "c": C, "powershell": POWERSHELL}
