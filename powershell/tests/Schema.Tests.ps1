# Checks every line that the test files of this run wrote against the schema of an output line, by `vigie check`.
# run.ps1 runs this file last and keeps the lines until then.

BeforeDiscovery {
    $checker = Join-Path $PSScriptRoot '../../target/release/vigie'
    $found = Test-Path -LiteralPath $checker
    if (-not $found) { Write-Warning 'vigie is not built (cargo build --release -p vigie-cli): its check is skipped' }
}

BeforeAll {
    . (Join-Path $PSScriptRoot 'Common.ps1')
    $checker = Join-Path $PSScriptRoot '../../target/release/vigie'
}

Describe 'Every line' -Tag Unit -Skip:(-not $found) {
    It 'of a program that uses everything is valid' {
        $path = Start-TestVigie
        Use-VigieContext @{ user_id = 'u-7'; shard = 3 } -Baggage @{ tier = 'gold' } {
            Use-VigieSpan outer -Kind Server -Attribute @{ a = 1.5; list = 1, 2 } {
                Write-VigieLog 'order {id}' -Attribute @{ id = 42; level = 'x'; password = 'p' } -Logger shop.cart
                Write-VigieLog 'failed' -ErrorRecord ([Exception]::new('outer', [Exception]::new('inner')))
                Add-VigieSpanEvent reserved @{ sku = 'A1' }
                try { Use-VigieSpan inner { throw 'why' } } catch { $null = $_ }
                $c = Get-VigieContext
            }
            Use-VigieSpan linked { Set-VigieSpan -Link $c -Status Ok }
        }
        Add-VigieCounter schema_total 1 @{ region = 'eu' }; Set-VigieGauge schema_gauge 2.5; Add-VigieHistogram schema_seconds 0.1 -Unit s
        Wait-VigieFlush
        & $checker check $path | Should -BeLike '* 0 invalid'
        $LASTEXITCODE | Should -Be 0
    }

    It 'of this run is valid' {
        Stop-Vigie
        $report = & $checker check (Get-TestFolder)
        $LASTEXITCODE | Should -Be 0 -Because ($report | Select-Object -First 20 | Out-String)
        $report | Select-Object -Last 1 | Should -BeLike '* 0 invalid'
    }
}
