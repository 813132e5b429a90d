# Trace context on HTTP calls: Invoke-RestMethod in a client span, and headers on the user's own calls.
# Not for reading and writing the headers themselves: see src/Scopes/ContextSource.cs and Context.cs.

# The parameters of Invoke-RestMethod as (name, type, attributes). They are read at run time, once, because Windows
# PowerShell does not have all that PowerShell 7 has.
$script:VigieRestParameter = $null

# Parameters of this command itself, which Invoke-RestMethod does not get.
$script:VigieNotPassed = 'SpanName', 'SpanAttribute', 'ErrorVariable', 'WarningVariable', 'InformationVariable', 'OutVariable', 'OutBuffer', 'PipelineVariable'

# Names of keys in a query whose values may be secrets.
$script:VigieQuerySecret = '(?i)([?&](?:sig|pin|[^=&#]*(?:passw|pwd|secret|token|signature|credential|authorization|api[-_]?key|access[-_]?key)[^=&#]*)=)[^&#]*'

function Get-VigieRestParameter {
    if (-not $script:VigieRestParameter) {
        $own = @('Body') + [Management.Automation.Cmdlet]::CommonParameters
        $script:VigieRestParameter = @(foreach ($parameter in (Get-Command Microsoft.PowerShell.Utility\Invoke-RestMethod).Parameters.Values) {
            if ($own -contains $parameter.Name) { continue }
            $attributes = New-Object Collections.ObjectModel.Collection[Attribute]
            foreach ($attribute in $parameter.Attributes) { $attributes.Add($attribute) }
            , @($parameter.Name, $parameter.ParameterType, $attributes)
        })
    }
    $dictionary = New-Object Management.Automation.RuntimeDefinedParameterDictionary
    foreach ($entry in $script:VigieRestParameter) {
        $dictionary.Add($entry[0], (New-Object Management.Automation.RuntimeDefinedParameter $entry))
    }
    $dictionary
}

function Invoke-VigieRestMethod {
    <#
    .SYNOPSIS
    Invoke-RestMethod in a client span that the service at the other end continues.

    .DESCRIPTION
    Takes every parameter of Invoke-RestMethod, runs it in a span of the kind Client and adds the headers of that span (traceparent, tracestate, baggage, X-Correlation-ID, or those of the setting propagators) to the request. A header of the same name in -Headers wins.

    The span carries http.request.method, url.full (without credentials, secrets of the query masked), server.address, server.port, http.response.status_code and, where they are known, http.request.body.size and http.response.body.size in bytes. A status of 400 and above and a failed connection set its status to Error with error.type; the error goes on to the caller as from Invoke-RestMethod.

    The status code is known in PowerShell 7; in Windows PowerShell only of failed requests.

    .PARAMETER SpanName
    The name of the span; the request's method by default.

    .PARAMETER SpanAttribute
    More attributes of the span: a hashtable or another dictionary, or an object.

    .PARAMETER Body
    As with Invoke-RestMethod, also from the pipeline.

    .OUTPUTS
    What Invoke-RestMethod puts out.

    .EXAMPLE
    (Invoke-VigieRestMethod http://127.0.0.1:8080/orders -SpanAttribute @{ order_id = 42 }).id
    # -> 42
    # -> {...,"kind":"span","name":"GET",...,"span_kind":"client",...,"order_id":42,"http.response.status_code":200...

    A GET in a span that carries order_id, of a service that answers with an object.

    .EXAMPLE
    $answer = '{"sku":"A1"}' | Invoke-VigieRestMethod -Uri http://127.0.0.1:8080/orders -Method Post -SpanName 'POST /orders'
    # -> {...,"kind":"span","name":"POST /orders",...,"attributes":{"http.request.body.size":12,"http.request.method":"POST",...

    A POST of the piped body in a span of the given name.

    .LINK
    Enable-VigieHttpPropagation
    #>
    [CmdletBinding(PositionalBinding = $false, DefaultParameterSetName = 'StandardMethod')]
    param(
        [string] $SpanName,
        [object] $SpanAttribute,
        [Parameter(ValueFromPipeline = $true)] [object] $Body
    )
    dynamicparam { Get-VigieRestParameter }
    process {
        $call = @{}
        foreach ($name in $PSBoundParameters.Keys) { if ($script:VigieNotPassed -notcontains $name) { $call[$name] = $PSBoundParameters[$name] } }
        $wanted = @{}
        foreach ($name in 'StatusCodeVariable', 'ResponseHeadersVariable', 'SessionVariable') {
            if ($call.ContainsKey($name)) { $wanted[$name] = $call[$name]; $call[$name] = 'vigie' + $name }
        }
        foreach ($name in 'StatusCodeVariable', 'ResponseHeadersVariable') {
            if ($MyInvocation.MyCommand.Parameters.ContainsKey($name)) { $call[$name] = 'vigie' + $name }
        }
        $failure = $vigieStatusCodeVariable = $vigieResponseHeadersVariable = $vigieSessionVariable = $null

        $attributes = Get-VigieRequestAttribute $call
        if (-not $SpanName) { $SpanName = $attributes['http.request.method'] }
        $span = [Vigie.Scope]::BeginSpan($SpanName, $attributes, 'Client', $null)
        try {
            if ($SpanAttribute) { $span.SetAttributes($SpanAttribute) }
            $call['Headers'] = Join-VigieHeader $call['Headers']
            Microsoft.PowerShell.Utility\Invoke-RestMethod @call
            Set-VigieResponseAttribute $span $vigieStatusCodeVariable $vigieResponseHeadersVariable
        } catch {
            $failure = $_
            Set-VigieFailureAttribute $span $failure
        } finally {
            [Vigie.Scope]::EndSpan($span)
            foreach ($name in $wanted.Keys) {
                $PSCmdlet.SessionState.PSVariable.Set($wanted[$name], (Get-Variable -Name "vigie$name" -ValueOnly))
            }
        }
        if ($failure) { $PSCmdlet.ThrowTerminatingError($failure) }
    }
}

# The attributes that are known before the request is sent. This never fails, whatever the arguments are.
function Get-VigieRequestAttribute($Call) {
    $method = 'GET'
    if ($Call['CustomMethod']) { $method = "$($Call['CustomMethod'])" }
    elseif ($Call['Method'] -and "$($Call['Method'])" -ne 'Default') { $method = "$($Call['Method'])" }
    $attributes = @{ 'http.request.method' = $method.ToUpperInvariant() }
    $uri = $Call['Uri']
    # Invoke-RestMethod does the same with an address that has no scheme.
    if ($uri -is [uri] -and -not $uri.IsAbsoluteUri) { $uri = "http://$($uri.OriginalString)" -as [uri] }
    if ($uri -is [uri] -and $uri.IsAbsoluteUri) {
        $full = $uri.AbsoluteUri
        if ($uri.UserInfo) { $full = $full.Replace($uri.UserInfo + '@', '') }
        $attributes['url.full'] = $full -replace $script:VigieQuerySecret, '$1[redacted]'
        $attributes['server.address'] = $uri.Host
        $attributes['server.port'] = $uri.Port
    }
    $size = $null
    if ($Call['Body'] -is [byte[]]) { $size = $Call['Body'].Length }
    elseif ($Call['Body'] -is [string] -and "$($Call['ContentType'])" -notmatch 'charset=(?!"?utf-8)') { $size = [Text.Encoding]::UTF8.GetByteCount($Call['Body']) }
    elseif ($Call['InFile'] -and [IO.File]::Exists($Call['InFile'])) { $size = (New-Object IO.FileInfo $Call['InFile']).Length }
    if ($null -ne $size) { $attributes['http.request.body.size'] = $size }
    $attributes
}

# What belongs to the header that names a span, and means nothing beside another one.
$script:VigieBelonging = @{
    'traceparent' = @('tracestate')
    'X-B3-TraceId' = @('X-B3-SpanId', 'X-B3-Sampled', 'X-B3-Flags')
    'X-Trace-Id' = @('X-Span-Id')
}

# The caller's headers and those of the current context; the caller's win, and what belongs to ours is left out then.
function Join-VigieHeader($Headers) {
    $joined = @{}
    if ($Headers) { foreach ($name in $Headers.Keys) { $joined["$name"] = $Headers[$name] } }
    $ours = [Vigie.Scope]::Headers($false)
    foreach ($name in $script:VigieBelonging.Keys) {
        if ($joined.ContainsKey($name)) { foreach ($belonging in $script:VigieBelonging[$name]) { $ours.Remove($belonging) } }
    }
    foreach ($name in $ours.Keys) { if (-not $joined.ContainsKey($name)) { $joined[$name] = $ours[$name] } }
    $joined
}

function Set-VigieResponseAttribute($Span, $Status, $Headers) {
    if ($Status) {
        $Span.SetAttribute('http.response.status_code', [int] $Status)
        # With -SkipHttpErrorCheck a failed request does not throw and comes here.
        if ($Status -ge 400) {
            $Span.SetAttribute('error.type', "$([int] $Status)")
            $Span.SetStatus('Error', $null)
        }
    }
    if ($Headers -and $Headers.ContainsKey('Content-Length')) {
        $size = "$($Headers['Content-Length'])" -as [long]
        if ($null -ne $size) { $Span.SetAttribute('http.response.body.size', $size) }
    }
}

function Set-VigieFailureAttribute($Span, $Failure) {
    $exception = $Failure.Exception
    # The exceptions of Windows PowerShell and of 7 have it both, unless there was no answer.
    $response = if ($exception.PSObject.Properties['Response']) { $exception.Response }
    if (-not $response) {
        $Span.SetAttribute('error.type', $exception.GetType().FullName)
        [Vigie.Scope]::FailSpan($Span, $Failure)
        return
    }
    # No exception event is recorded, because its message would be the body of the answer.
    $status = [int] $response.StatusCode
    $Span.SetAttribute('http.response.status_code', $status)
    $size = if ($response.PSObject.Properties['Content']) { $response.Content.Headers.ContentLength } else { $response.ContentLength }
    if ($size -ge 0) { $Span.SetAttribute('http.response.body.size', $size) }
    $Span.SetAttribute('error.type', "$status")
    $Span.SetStatus('Error', $null)
}

function Enable-VigieHttpPropagation {
    <#
    .SYNOPSIS
    Adds the trace headers of the current context to Invoke-RestMethod and Invoke-WebRequest.

    .DESCRIPTION
    Sets a default for -Headers of both commands in $global:PSDefaultParameterValues, for the whole session. A call with -Headers of its own keeps to those.

    Not covered: calls inside other modules, runspaces of ForEach-Object -Parallel and thread jobs, and scopes with a $PSDefaultParameterValues of their own. There, -Headers (Get-VigieTraceHeader) or Invoke-VigieRestMethod.

    A default for -Headers that stands there already is left alone, with a warning.

    .OUTPUTS
    None.

    .EXAMPLE
    Enable-VigieHttpPropagation; Use-VigieSpan fetch { (Invoke-RestMethod http://127.0.0.1:8080/orders).traceparent }
    # -> 00-00000000000000000000000000000001-0000000000000002-01
    # -> {...,"kind":"span","name":"fetch",...

    The request carries the traceparent of the span `fetch`, which this service tells back.

    .EXAMPLE
    Enable-VigieHttpPropagation; $null -eq (Invoke-RestMethod http://127.0.0.1:8080/orders -Headers @{ 'X-Own' = '1' }).traceparent
    # -> True

    Carries only the header that was given.

    .LINK
    Disable-VigieHttpPropagation
    #>
    [CmdletBinding()]
    param()
    foreach ($command in 'Invoke-RestMethod', 'Invoke-WebRequest') {
        $key = "${command}:Headers"
        if ($null -eq $global:PSDefaultParameterValues[$key]) {
            $global:PSDefaultParameterValues[$key] = $script:VigieHeaderBlock
        } elseif ("$($global:PSDefaultParameterValues[$key])" -ne "$script:VigieHeaderBlock") {
            Write-Warning "`$PSDefaultParameterValues has a default for '$key' already; it is left as it is." -WarningAction Continue
        }
    }
}

# A block that throws would break the user's call, hence the catch. Disable-VigieHttpPropagation recognises the block by
# its text, because a second import of the module makes another object of it.
$script:VigieHeaderBlock = { try { [Vigie.Scope]::Headers($false) } catch { @{} } }

function Disable-VigieHttpPropagation {
    <#
    .SYNOPSIS
    Takes back Enable-VigieHttpPropagation.

    .DESCRIPTION
    Removes the defaults for -Headers that Enable-VigieHttpPropagation has set, and no others.

    .OUTPUTS
    None.

    .EXAMPLE
    Disable-VigieHttpPropagation; $PSDefaultParameterValues.Count
    # -> 0

    Requests carry no trace headers of their own any more.

    .EXAMPLE
    Enable-VigieHttpPropagation; try { (Invoke-RestMethod http://127.0.0.1:8080/orders).id } finally { Disable-VigieHttpPropagation }
    # -> 42

    Trace headers for one call alone.

    .LINK
    Enable-VigieHttpPropagation
    #>
    [CmdletBinding()]
    param()
    foreach ($key in 'Invoke-RestMethod:Headers', 'Invoke-WebRequest:Headers') {
        if ("$($global:PSDefaultParameterValues[$key])" -eq "$script:VigieHeaderBlock") {
            $global:PSDefaultParameterValues.Remove($key)
        }
    }
}
