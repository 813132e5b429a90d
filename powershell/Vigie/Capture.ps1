# Records what a block or a script writes to PowerShell's streams, and lets it pass on.
# Not for the spans themselves: see Span.ps1. Not for the levels of the streams: see src/Scopes/StreamRecord.cs.

# The innermost capture that is open in this runspace; only that one records.
$script:VigieRecorder = $null

# Runs the block in its own scope and records its streams. Errors, warnings and information reach the recorder through
# -ErrorVariable and the like, so that their order and positions do not change. Verbose and debug have no such variable
# and go through a pipeline around the block. `*>&1` would change more: it unrolls arrays, rewrites error ids and makes
# the standard error of native commands terminating.
function Invoke-VigieCapture {
    param([scriptblock] $Block)
    $outer = $script:VigieRecorder
    # The comma keeps the recorder one argument: New-Object takes a list as the list of all arguments.
    $recorder = New-Object Vigie.Recorder (, $outer)
    $script:VigieRecorder = $recorder
    try {
        Invoke-VigieObserved $Block -ErrorVariable +recorder -WarningVariable +recorder -InformationVariable +recorder 4>&1 5>&1 | & {
            process {
                if ($_ -is [Management.Automation.VerboseRecord]) {
                    $recorder.Record($_)
                    # The block's preference has let the record through, so it is written whatever the preference is here.
                    $VerbosePreference = 'Continue'
                    Write-Verbose $_.Message
                } elseif ($_ -is [Management.Automation.DebugRecord]) {
                    $recorder.Record($_)
                    # -Debug would ask before each record in Windows PowerShell.
                    $DebugPreference = 'Continue'
                    Write-Debug $_.Message
                } else {
                    , $_
                }
            }
        }
    } finally {
        $recorder.Close()
        $script:VigieRecorder = $outer
    }
}

# This is an advanced function because only those have -ErrorVariable and the like.
function Invoke-VigieObserved {
    [CmdletBinding()]
    param([scriptblock] $Block)
    . $Block
}

function Invoke-VigieScript {
    <#
    .SYNOPSIS
    Runs an unmodified script in a span and records its streams.

    .DESCRIPTION
    Runs the script file in a span, as the call operator would from where this command stands, and records what it writes to the error, warning, verbose, debug and information streams as log records in that span: ERROR, WARN, DEBUG, TRACE and INFO. All streams, the output and the exit code ($LASTEXITCODE) pass through.

    The span carries the path (code.file.path) and, when the script ends by exit, process.exit.code. An exit code other than 0 and an error that ends the script set its status to Error.

    Verbose and debug records are there only when the script's preferences let them through. Errors that the script catches or silences with SilentlyContinue are recorded too. As within try, an error that ends a statement ends the script.

    .PARAMETER Path
    The script file.

    .PARAMETER ArgumentList
    The script's arguments: an array by position, or a hashtable by name.

    .PARAMETER SpanName
    The name of the span; the name of the file without its extension by default.

    .PARAMETER Attribute
    Attributes of the span: a hashtable or another dictionary, or an object.

    .OUTPUTS
    What the script puts out.

    .EXAMPLE
    Set-Content ./nightly.ps1 'param($Days) Write-Warning "keeping $Days days"; "done"'; Invoke-VigieScript ./nightly.ps1 7
    # -> WARNING: keeping 7 days
    # -> done
    # -> {...,"level":"WARN","message":"keeping 7 days",...
    # -> {...,"kind":"span","name":"nightly",...,"status":"unset",...

    Shows the warning, puts out `done`, and records the warning in the span `nightly`.

    .EXAMPLE
    Set-Content ./clean.ps1 'param($Root, [switch] $All) if ($All) { exit 2 }'; Invoke-VigieScript ./clean.ps1 @{ Root = '/data'; All = $true } -SpanName cleanup; $LASTEXITCODE
    # -> 2
    # -> {...,"kind":"span","name":"cleanup",...,"status":"error","status_message":"exit code 2",...

    Gives 2, the script's exit code; the span `cleanup` has the status Error.

    .LINK
    Use-VigieSpan
    #>
    [CmdletBinding(PositionalBinding = $false)]
    param(
        [Parameter(Mandatory = $true, Position = 0)] [string] $Path,
        [Parameter(Position = 1)] [object] $ArgumentList,
        [string] $SpanName,
        [object] $Attribute
    )
    $file = $PSCmdlet.GetUnresolvedProviderPathFromPSPath($Path)
    if (-not [IO.File]::Exists($file)) {
        $missing = New-Object IO.FileNotFoundException "There is no script '$file'.", $file
        $PSCmdlet.ThrowTerminatingError((New-Object Management.Automation.ErrorRecord $missing, 'Vigie.ScriptNotFound', 'ObjectNotFound', $file))
    }
    if (-not $SpanName) { $SpanName = [IO.Path]::GetFileNameWithoutExtension($file) }
    # A dictionary is splatted by name. Anything else becomes a list: a text alone would be splatted letter by letter.
    if ($ArgumentList -isnot [Collections.IDictionary]) { $ArgumentList = @(if ($null -ne $ArgumentList) { $ArgumentList }) }
    $place = New-Object Management.Automation.PSModuleInfo $false
    $place.SessionState = $PSCmdlet.SessionState
    $result = @{ Code = 0 }
    $wayOut = 0
    $span = [Vigie.Scope]::BeginBlock($SpanName, $Attribute, $null, $null)
    try {
        $span.SetAttribute('code.file.path', $file)
        # The script is called in the caller's scope, so that it sees the caller's functions and variables, not the module's.
        Invoke-VigieCapture { & $place $file @ArgumentList; if (-not $?) { $result.Code = $LASTEXITCODE } }
        if ($result.Code) {
            $span.SetAttribute('process.exit.code', $result.Code)
            $span.SetStatus('Error', "exit code $($result.Code)")
        }
        $wayOut = 1
    } finally {
        [Vigie.Scope]::LeaveSpan($span, $wayOut)
    }
}
