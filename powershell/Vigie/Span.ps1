# The commands that run a block in the caller's own scope: in a span, in a context, or to measure its duration.
# Not for HTTP: see Http.ps1. Not for what a stream capture does: see Capture.ps1.
#
# What the three have in common, and why:
# * The block is dot-sourced, so that its assignments stay in the scope in which it was written.
# * There is no catch: to rethrow would end the caller's whole script where the error itself would have ended one
#   statement only. With finally alone the error goes on unchanged, and $Error tells which one it was.
# * The call that ends the span is the first statement of finally, because Ctrl+C may cut the rest short. It looks at
#   $Error unless the block came to its end.
# * The three share no helper function, because calling one costs as much as all the rest.

# $Error is slow to look up, so it is handed over once. It is the same object as long as the runspace lives.
[Vigie.Scope]::WatchErrors($global:Error)

function Use-VigieSpan {
    <#
    .SYNOPSIS
    Runs a script block in a span.

    .DESCRIPTION
    Starts a span, makes it the current one of the runspace, runs the block in the caller's scope and ends the span however the block is left: at its end, by return, break, continue or exit, by an error or by Ctrl+C.

    The block's output and its other streams pass through, its assignments persist, and records and spans made in it belong to the span. An error that ends the block sets the span's status to Error, is recorded as its event `exception`, and goes on to the caller unchanged.

    As within try, an error that ends a statement (1/0, a method that throws) ends the block, not that statement alone. $? is true afterwards, as with Measure-Command; -Verbose and -ErrorAction of this command do not reach the block.

    .PARAMETER Name
    The name of the span.

    .PARAMETER ScriptBlock
    What to run.

    .PARAMETER Attribute
    Attributes of the span: a hashtable or another dictionary, or an object.

    .PARAMETER Kind
    The kind of the span: Internal (default), Server, Client, Producer or Consumer.

    .PARAMETER Parent
    The parent in place of the current span: a span, a context (Get-VigieContext, ConvertFrom-VigieTraceHeader), or one that came back from a job.

    .PARAMETER CaptureStream
    Also records what the block writes to the error, warning, verbose, debug and information streams as log records in the span; the streams pass through all the same. Verbose and debug records are there only when the block's preferences let them through. Errors that the block catches or silences with SilentlyContinue are recorded too. Of nested captures only the innermost records.

    .PARAMETER ExportEnvironment
    Sets TRACEPARENT, TRACESTATE and BAGGAGE, or the variables of the setting propagators, in the environment of the process while the block runs, for native commands, Start-Job and a child PowerShell. The environment belongs to the process: not for use in parallel runspaces.

    .OUTPUTS
    What the block puts out.

    .EXAMPLE
    Use-VigieSpan checkout -Attribute @{ order_id = 42 } { Write-VigieLog 'reserved'; Add-VigieSpanEvent reserved }
    # -> {...,"message":"reserved",...,"trace_id":"00000000000000000000000000000001","span_id":"0000000000000002"}
    # -> {...,"kind":"span","name":"checkout",...,"attributes":{"order_id":42},"events":[{...,"name":"reserved"}]}

    Runs the block in the span `checkout`; the record carries its trace id.

    .EXAMPLE
    $total = Use-VigieSpan sum -CaptureStream { Write-Warning 'slow'; 1 + 2 }; $total
    # -> WARNING: slow
    # -> 3
    # -> {...,"level":"WARN","message":"slow",...,"span_id":"0000000000000002"...
    # -> {...,"kind":"span","name":"sum",...

    Gives 3; the warning is shown, and recorded at level WARN in the span.

    .LINK
    Start-VigieSpan
    #>
    [CmdletBinding(PositionalBinding = $false)]
    param(
        [Parameter(Mandatory = $true, Position = 0)] [string] $Name,
        [Parameter(Mandatory = $true, Position = 1)] [scriptblock] $ScriptBlock,
        [object] $Attribute,
        [ArgumentCompleter([Vigie.KindCompleter])] [object] $Kind,
        [object] $Parent,
        [switch] $CaptureStream,
        [switch] $ExportEnvironment
    )
    # A block that [scriptblock]::Create made runs in this scope, hence variable names that no block uses.
    $vigieSpan = [Vigie.Scope]::BeginBlock($Name, $Attribute, $Kind, $Parent)
    # How the block was left: 0 by an error, exit or a stopped pipeline, 1 by break, 2 by continue, 4 at its end.
    $vigieWay = 0
    $vigieTurn = 1
    try {
        if ($ExportEnvironment) { [Vigie.Scope]::ExportEnvironment($vigieSpan) }
        # The loop has one turn: a break in the block skips its condition, a continue does not. That tells both from an
        # error; $Error alone would not, because the block may have handled an error itself.
        do {
            if ($CaptureStream) { Invoke-VigieCapture $ScriptBlock } else { . $ScriptBlock }
            $vigieTurn = 3
        } until ($vigieTurn++)
        $vigieWay = $vigieTurn
    } finally {
        [Vigie.Scope]::LeaveSpan($vigieSpan, $vigieWay)
    }
    if ($vigieWay -lt 4) {
        # Break and continue go on to the loop of the caller. An error that ends one statement comes here too, with 0.
        if ($vigieWay -eq 1) { break }
        if ($vigieWay -eq 2) { continue }
    }
}

function Use-VigieContext {
    <#
    .SYNOPSIS
    Runs a script block in a context.

    .DESCRIPTION
    Makes a captured context the current one of the runspace, or adds context attributes to the current one, runs the block in the caller's scope and restores what was before, however the block is left.

    Pool runspaces (ForEach-Object -Parallel, thread jobs) start without a context: hand one over with $using:. A context that came back from Start-Job, from remoting or from Import-Clixml is accepted as well.

    .PARAMETER Context
    A context (Get-VigieContext, ConvertFrom-VigieTraceHeader), its deserialised form, or a hashtable of context attributes such as user_id, which every record and span in the block then carries.

    .PARAMETER ScriptBlock
    What to run.

    .PARAMETER Baggage
    Baggage entries to add; they travel in the header `baggage`.

    .OUTPUTS
    What the block puts out.

    .EXAMPLE
    Use-VigieContext @{ user_id = 'u-7'; correlation_id = 'req-1' } { Write-VigieLog 'signed in' }
    # -> {...,"message":"signed in",...,"correlation_id":"req-1","user_id":"u-7"}

    The record carries both; correlation_id also travels in the header X-Correlation-ID.

    .EXAMPLE
    $context = Use-VigieSpan fetch { Get-VigieContext }; 'a' | ForEach-Object -Parallel { Use-VigieContext $using:context { Write-VigieLog "part $_" } }
    # -> {...,"message":"part a",...,"span_id":"0000000000000002"}
    # -> {...,"kind":"span","name":"fetch",...,"span_id":"0000000000000002",...

    Records in the captured context, which may outlive its span.

    .LINK
    Get-VigieContext
    #>
    [CmdletBinding(PositionalBinding = $false)]
    param(
        [Parameter(Mandatory = $true, Position = 0)] [AllowNull()] [object] $Context,
        [Parameter(Mandatory = $true, Position = 1)] [scriptblock] $ScriptBlock,
        [Collections.IDictionary] $Baggage
    )
    $vigieFrame = [Vigie.Scope]::Enter($Context, $Baggage)
    try { . $ScriptBlock } finally { [Vigie.Scope]::Leave($vigieFrame) }
}

function Measure-VigieBlock {
    <#
    .SYNOPSIS
    Records how long a script block takes, in seconds, in a histogram.

    .DESCRIPTION
    Runs the block in the caller's scope, lets its output and streams pass, and records the duration in the histogram of that name with the unit s, also when the block is left by an error.

    .PARAMETER Name
    The name of the histogram.

    .PARAMETER ScriptBlock
    What to run and to measure.

    .PARAMETER Attribute
    Attributes of the series: a hashtable or another dictionary, or an object. Few distinct values: each set of them is a series.

    .OUTPUTS
    What the block puts out.

    .EXAMPLE
    Measure-VigieBlock import_seconds { Start-Sleep -Milliseconds 20 }
    # -> {...,"kind":"metric","name":"import_seconds",...,"type":"histogram","unit":"s",...,"count":1,...

    Adds one value, about 0.02, to the histogram.

    .EXAMPLE
    $sum = Measure-VigieBlock sum_seconds -Attribute @{ step = 'sum' } { (1..100 | Measure-Object -Sum).Sum }; $sum
    # -> 5050
    # -> {...,"kind":"metric","name":"sum_seconds",...,"attributes":{"step":"sum"},"count":1,...

    Gives 5050 and records the duration in the series step=sum.

    .LINK
    Add-VigieHistogram
    #>
    [CmdletBinding(PositionalBinding = $false)]
    param(
        [Parameter(Mandatory = $true, Position = 0)] [string] $Name,
        [Parameter(Mandatory = $true, Position = 1)] [scriptblock] $ScriptBlock,
        [object] $Attribute
    )
    $vigieClock = [Diagnostics.Stopwatch]::StartNew()
    try { . $ScriptBlock } finally {
        Add-VigieHistogram -Name $Name -Value $vigieClock.Elapsed.TotalSeconds -Attribute $Attribute -Unit s
    }
}
