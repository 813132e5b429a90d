# Trace context on HTTP calls, over real sockets to a Python service that continues it.
# Not for reading and writing headers by themselves (Context.Tests.ps1).

BeforeDiscovery {
    # The virtual environment that `cargo xtask setup` makes for Python.
    $service = @('../../target/venv/bin/python', '../../target/venv/Scripts/python.exe' | ForEach-Object { Join-Path $PSScriptRoot $_ } | Where-Object { Test-Path -LiteralPath $_ })
    if (-not $service) { Write-Warning 'SKIP of the HTTP tests: there is no target/venv with the Python face (cargo xtask setup)' }
}

BeforeAll {
    . $PSScriptRoot/Common.ps1
    $nobody = 'http://127.0.0.1:1'

    # The service answers with the request as it saw it, in a server span with one record. /404 answers with status 404,
    # and so on.
    $text = @'
import http.server, json, sys
import vigie

vigie.init({"service": "shop", "outputs": [{"to": "file", "path": sys.argv[1], "signals": ["logs", "spans"]}]})
log = vigie.get_logger("shop.http")

class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def answer(self):
        body = self.rfile.read(int(self.headers.get("content-length") or 0)).decode()
        path = self.path.split("?")[0]
        if path == "/flush":
            return self.send(200, {"flushed": vigie.flush(timeout=10)})
        headers = {name.lower(): value for name, value in self.headers.items()}
        with vigie.extract(headers), vigie.span("serve", kind="server"):
            log.info("served {path}", path=path)
            status = int(path[1:]) if path[1:].isdigit() else 200
            self.send(status, {"headers": headers, "body": body, "method": self.command, "path": self.path})

    def send(self, status, answer):
        data = json.dumps(answer).encode()
        self.send_response(status)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    do_GET = do_POST = do_PUT = do_DELETE = answer

    def log_message(self, *_):
        pass


class Server(http.server.ThreadingHTTPServer):
    def handle_error(self, *_):
        pass  # a client that goes away


server = Server(("127.0.0.1", 0), Handler)
print(server.server_address[1], flush=True)
server.serve_forever()
'@
    $python = @('../../target/venv/bin/python', '../../target/venv/Scripts/python.exe' | ForEach-Object { Join-Path $PSScriptRoot $_ } | Where-Object { Test-Path -LiteralPath $_ })[0]
    if ($python) {
        $script = Join-Path $TestDrive 'service.py'
        [IO.File]::WriteAllText($script, $text)
        $servicePath = New-TestPath service
        $start = New-Object Diagnostics.ProcessStartInfo $python, "`"$script`" `"$servicePath`""
        $start.UseShellExecute = $false
        $start.RedirectStandardOutput = $true
        foreach ($name in @($start.Environment.Keys) -match '^(VIGIE_|OTEL_|TRACEPARENT$|TRACESTATE$|BAGGAGE$)') { $null = $start.Environment.Remove($name) }
        $process = [Diagnostics.Process]::Start($start)
        $port = $process.StandardOutput.ReadLine()
        $uri = "http://127.0.0.1:$port"
    }

    # Gives the client's only span, and the service's span and record of that trace.
    function Get-BothEnds {
        $null = Microsoft.PowerShell.Utility\Invoke-RestMethod "$uri/flush" -Headers @{ 'X-Own' = '1' }
        $client = @(Get-TestLine -Kind span)[0]
        [pscustomobject] @{
            Client = $client
            Server = Get-TestLine -Kind span -Path $servicePath | Where-Object { $_.trace_id -eq $client.trace_id }
            Record = Get-TestLine -Kind log -Path $servicePath | Where-Object { $_.PSObject.Properties['trace_id'] -and $_.trace_id -eq $client.trace_id }
        }
    }
}

AfterAll {
    if ($process) { $process.Kill(); $process.Dispose() }
}

Describe 'Invoke-VigieRestMethod' -Tag Native -Skip:(-not $service) {
    BeforeEach { $null = Start-TestVigie }
    AfterEach { Get-VigieSpan | Should -BeNullOrEmpty }

    It 'makes one trace of both processes, with the right parents' {
        Use-VigieContext @{ correlation_id = 'req-1' } { Use-VigieSpan outer { $answer = Invoke-VigieRestMethod "$uri/orders" } }
        $answer.method | Should -Be GET
        $answer.headers.'x-correlation-id' | Should -Be 'req-1'
        $ends = Get-BothEnds
        $outer = @(Get-TestLine -Kind span)[1]
        $outer.name | Should -Be outer
        $ends.Client.parent_span_id | Should -Be $outer.span_id
        $ends.Server.parent_span_id | Should -Be $ends.Client.span_id
        $ends.Record.span_id | Should -Be $ends.Server.span_id
        $ends.Record.correlation_id | Should -Be 'req-1'
        $answer.headers.traceparent | Should -Be "00-$($ends.Client.trace_id)-$($ends.Client.span_id)-03"
    }

    It 'names what it calls as OpenTelemetry does' {
        $null = Invoke-VigieRestMethod "$uri/orders?x=1" -Method Post -Body 'grün' -ContentType 'text/plain; charset=utf-8'
        $span = Get-TestLine -Kind span
        $span.name | Should -Be POST
        $span.span_kind | Should -Be client
        $span.status | Should -Be unset
        $a = $span.attributes
        $a.'http.request.method' | Should -Be POST
        $a.'url.full' | Should -Be "$uri/orders?x=1"
        $a.'server.address' | Should -Be '127.0.0.1'
        $a.'server.port' | Should -Be ([int] $port)
        $a.'http.response.status_code' | Should -Be 200
        $a.'http.request.body.size' | Should -Be 5
        $a.'http.response.body.size' | Should -BeGreaterThan 50
        $a.PSObject.Properties['error.type'] | Should -BeNullOrEmpty
    }

    It 'writes no credentials and no secrets of the query' {
        $null = Invoke-VigieRestMethod "http://me:hunter2@127.0.0.1:$port/a?x=1&api_key=qwer1&sig=qwer2&design=ok&refresh_token=qwer3"
        $span = Get-TestLine -Kind span
        $span.attributes.'url.full' | Should -Be "$uri/a?x=1&api_key=[redacted]&sig=[redacted]&design=ok&refresh_token=[redacted]"
        $span.RawLine | Should -Not -Match 'hunter2|qwer'
    }

    It 'takes a name, attributes and a method of its own' {
        $answer = Invoke-VigieRestMethod -Uri "$uri/orders" -Method Delete -SpanName 'DELETE /orders' -SpanAttribute @{ order_id = 42 }
        $answer.method | Should -Be DELETE
        $span = Get-TestLine -Kind span
        $span.name | Should -Be 'DELETE /orders'
        $span.attributes.order_id | Should -Be 42
    }

    It 'has every parameter of Invoke-RestMethod, with the same type and aliases' {
        $ours = (Get-Command Invoke-VigieRestMethod -ArgumentList @()).Parameters
        foreach ($theirs in (Get-Command Microsoft.PowerShell.Utility\Invoke-RestMethod).Parameters.Values) {
            $ours.ContainsKey($theirs.Name) | Should -BeTrue -Because $theirs.Name
            $ours[$theirs.Name].ParameterType | Should -Be $theirs.ParameterType
            $ours[$theirs.Name].Aliases | Should -Be $theirs.Aliases
        }
    }

    It 'makes one span and request of each piped body' {
        $answers = 'one', 'two' | Invoke-VigieRestMethod -Uri "$uri/orders" -Method Post
        $answers.body | Should -Be one, two
        @(Get-TestLine -Kind span).Count | Should -Be 2
    }

    It 'copies status code, headers and session into the variables of the caller' {
        $null = Invoke-VigieRestMethod "$uri/orders" -StatusCodeVariable status -ResponseHeadersVariable answered -SessionVariable session -OutVariable out
        $status | Should -Be 200
        "$($answered['Content-Type'])" | Should -Be 'application/json'
        $session.GetType().Name | Should -Be WebRequestSession
        $out.path | Should -Be '/orders'
    }

    It 'adds to the headers of the caller, whose own win' {
        $own = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01'
        $mine = @{ 'X-Own' = '1' }
        (Invoke-VigieRestMethod "$uri/a" -Headers $mine).headers.'x-own' | Should -Be 1
        $mine.Count | Should -Be 1 -Because 'the table of the caller is not touched'
        $answer = Invoke-VigieRestMethod "$uri/a" -Headers @{ TraceParent = $own }
        $answer.headers.traceparent | Should -Be $own
    }

    It 'goes on with a status of <Status> as from Invoke-RestMethod, and fails the span' -ForEach @{ Status = 404 }, @{ Status = 503 } {
        $plain = try { Invoke-RestMethod "$uri/$Status" } catch { $_ }
        $caught = try { Invoke-VigieRestMethod "$uri/$Status" } catch { $_ }
        $caught.Exception.GetType() | Should -Be $plain.Exception.GetType()
        $caught.Exception.Message | Should -Be $plain.Exception.Message
        [int] $caught.Exception.Response.StatusCode | Should -Be $Status
        $ends = Get-BothEnds
        $ends.Client.status | Should -Be error
        $ends.Client.attributes.'http.response.status_code' | Should -Be $Status
        $ends.Client.attributes.'error.type' | Should -BeExactly "$Status"
        $ends.Server.parent_span_id | Should -Be $ends.Client.span_id
    }

    It 'fails the span for a status that -SkipHttpErrorCheck lets through' {
        (Invoke-VigieRestMethod "$uri/500" -SkipHttpErrorCheck).path | Should -Be '/500'
        $span = Get-TestLine -Kind span
        $span.status | Should -Be error
        $span.attributes.'http.response.status_code' | Should -Be 500
        $span.attributes.'error.type' | Should -BeExactly '500'
    }

    It 'does not end the script where Invoke-RestMethod would not have' {
        $run = Invoke-TestPwsh -Script "Set-StrictMode -Version Latest; Import-Module `$env:VIGIE_MODULE; Initialize-Vigie -Output null; Invoke-VigieRestMethod $nobody; 'after'; (Invoke-VigieRestMethod $uri/a).method"
        $run.Output.Trim() -split '\n' | Should -Be after, GET
        $run.Error | Should -Match 'Invoke-VigieRestMethod:'
    }
}

Describe 'Invoke-VigieRestMethod without a service' -Tag Native {
    It 'fails the span with the type of the exception when there is no connection' {
        $null = Start-TestVigie
        $plain = try { Invoke-RestMethod $nobody } catch { $_ }
        $caught = try { Invoke-VigieRestMethod $nobody } catch { $_ }
        $caught.Exception.Message | Should -Be $plain.Exception.Message
        $span = Get-TestLine -Kind span
        $span.status | Should -Be error
        $span.attributes.'error.type' | Should -Be $plain.Exception.GetType().FullName
        $span.attributes.PSObject.Properties['http.response.status_code'] | Should -BeNullOrEmpty
        $span.events[0].name | Should -Be exception
        Get-VigieSpan | Should -BeNullOrEmpty
    }
}

Describe 'Enable-VigieHttpPropagation' -Tag Native -Skip:(-not $service) {
    BeforeEach { $null = Start-TestVigie; Enable-VigieHttpPropagation }
    AfterEach { Disable-VigieHttpPropagation }

    It 'carries the current span on plain <Name>' -ForEach @(
        @{ Name = 'Invoke-RestMethod'; Call = { Invoke-RestMethod "$uri/plain" } }
        @{ Name = 'Invoke-WebRequest'; Call = { (Invoke-WebRequest "$uri/plain" -UseBasicParsing).Content | ConvertFrom-Json } }
    ) {
        $answer = Use-VigieContext @{ correlation_id = 'req-2' } { Use-VigieSpan fetch { & $Call } }
        $ends = Get-BothEnds
        $answer.headers.traceparent | Should -Be "00-$($ends.Client.trace_id)-$($ends.Client.span_id)-03"
        $answer.headers.'x-correlation-id' | Should -Be 'req-2'
        $ends.Server.parent_span_id | Should -Be $ends.Client.span_id
        $ends.Record.span_id | Should -Be $ends.Server.span_id
    }

    It 'keeps to the headers that are given' {
        $answer = Use-VigieSpan fetch { Invoke-RestMethod "$uri/plain" -Headers @{ 'X-Own' = '1' } }
        $answer.headers.'x-own' | Should -Be 1
        $answer.headers.PSObject.Properties['traceparent'] | Should -BeNullOrEmpty
    }

    It 'does not double with Invoke-VigieRestMethod' {
        $answer = Invoke-VigieRestMethod "$uri/plain"
        $ends = Get-BothEnds
        $answer.headers.traceparent | Should -Be "00-$($ends.Client.trace_id)-$($ends.Client.span_id)-03"
    }

    It 'is taken back, and on again after a second import of the module' {
        Disable-VigieHttpPropagation
        $global:PSDefaultParameterValues.Keys -like 'Invoke-*:Headers' | Should -BeNullOrEmpty
        $run = Invoke-TestPwsh -Script ('Import-Module $env:VIGIE_MODULE; Initialize-Vigie -Output null; Enable-VigieHttpPropagation; Import-Module $env:VIGIE_MODULE -Force; Enable-VigieHttpPropagation; ' +
            "Use-VigieSpan a { `$null -ne (Invoke-RestMethod $uri/a).headers.traceparent }; Disable-VigieHttpPropagation; `$PSDefaultParameterValues.Count")
        $run.Error | Should -BeNullOrEmpty
        $run.Output.Trim() -split '\n' | Should -Be True, 0
    }

    It 'leaves a default of the user alone' {
        Disable-VigieHttpPropagation
        $global:PSDefaultParameterValues['Invoke-RestMethod:Headers'] = @{ 'X-Default' = '1' }
        try {
            Enable-VigieHttpPropagation -WarningVariable told 3>$null
            $told.Count | Should -Be 1
            (Use-VigieSpan fetch { Invoke-RestMethod "$uri/plain" }).headers.'x-default' | Should -Be 1
            Disable-VigieHttpPropagation
            $global:PSDefaultParameterValues['Invoke-RestMethod:Headers'].'X-Default' | Should -Be 1
        } finally {
            $global:PSDefaultParameterValues.Remove('Invoke-RestMethod:Headers')
        }
    }

    It 'does not break the call of the user when <Name>' -ForEach @(
        @{ Name = 'there is no span'; Break = '' }
        @{ Name = 'Vigie is stopped'; Break = 'Stop-Vigie' }
        @{ Name = 'the module is removed'; Break = 'Remove-Module Vigie' }
        @{ Name = 'the headers cannot be had'; Break = '$PSDefaultParameterValues["Invoke-RestMethod:Headers"] = [scriptblock]::Create("$($PSDefaultParameterValues["Invoke-RestMethod:Headers"])".Replace("Vigie.Scope", "Vigie.Missing"))' }
    ) {
        $run = Invoke-TestPwsh -Script "`$ErrorActionPreference = 'Stop'; Import-Module `$env:VIGIE_MODULE; Initialize-Vigie -Output null; Enable-VigieHttpPropagation; $Break; (Invoke-RestMethod $uri/a).method"
        $run.Error | Should -BeNullOrEmpty
        $run.Output.Trim() | Should -Be GET
        $run.ExitCode | Should -Be 0
    }
}
