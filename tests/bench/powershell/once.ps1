# What happens once in a process: importing a module, writing the first record. Prints wall and CPU time of both in ns.
# Not for what is called often: see measure.ps1. run.py starts this for each measurement anew.
param(
    # The module's manifest.
    [string] $Module,
    # Also writes a record.
    [switch] $Record
)
$ErrorActionPreference = 'Stop'

function Get-CpuNs {
    [Diagnostics.Process]::GetCurrentProcess().TotalProcessorTime.Ticks * 100
}

$null = Get-CpuNs
$cpu = Get-CpuNs
$clock = [Diagnostics.Stopwatch]::StartNew()
Import-Module $Module
$clock.Stop()
$import = @{ ns = $clock.Elapsed.Ticks * 100; cpu_ns = (Get-CpuNs) - $cpu }
$first = @{ ns = 0; cpu_ns = 0 }
if ($Record) {
    $cpu = Get-CpuNs
    $clock = [Diagnostics.Stopwatch]::StartNew()
    Write-VigieLog 'request handled' -Attribute @{ method = 'GET'; route = '/cart/items'; bytes = 1; duration_ms = 12.75 }
    $clock.Stop()
    $first = @{ ns = $clock.Elapsed.Ticks * 100; cpu_ns = (Get-CpuNs) - $cpu }
}
@{ import = $import; first = $first } | ConvertTo-Json -Compress
