# A span that was open when its process was killed: the next one that opens the file finds it.

BeforeAll {
    . (Join-Path $PSScriptRoot 'Common.ps1')

    # What the notes beside a file say, as long as there are any.
    function Get-Note([string] $Folder) {
        $notes = Get-ChildItem -LiteralPath $Folder -Filter '*.open'
        if ($notes) { Get-Content -LiteralPath $notes.FullName -ErrorAction Ignore }
    }
}

Describe 'A process that is killed' -Tag Native, Slow {
    It 'leaves the root span that it stood in, as it was' {
        $folder = (New-Item -ItemType Directory (Join-Path $TestDrive 'killed')).FullName
        $path = Join-Path $folder 'lines.jsonl'
        $open = "Import-Module `$env:VIGIE_MODULE; Initialize-Vigie shop -Output @{ to = 'file'; path = '$path' }"
        $child = [Diagnostics.Process]::Start((New-TestPwshStart @"
$open
Use-VigieSpan 'GET /cart' -Attribute @{ route = '/cart' } {
    Use-VigieSpan query { }
    Set-VigieSpan @{ step = 2 }
    Start-Sleep -Seconds 600
}
"@))
        try {
            $clock = [Diagnostics.Stopwatch]::StartNew()
            while ("$(Get-Note $folder)" -notmatch '"step":2') {
                $clock.Elapsed.TotalSeconds | Should -BeLessThan 60
                Start-Sleep -Milliseconds 20
            }
        } finally {
            $child.Kill()
            $child.WaitForExit()
        }
        (Invoke-TestPwsh $open).ExitCode | Should -Be 0
        $query, $found = Get-Content -LiteralPath $path | ConvertFrom-Json -AsHashtable
        $query.name | Should -Be 'query'
        $query.parent_span_id | Should -Be $found.span_id
        $found.name | Should -Be 'GET /cart'
        $found.status | Should -Be 'error'
        $found.attributes | ConvertTo-Json -Compress | Should -Be '{"vigie.interrupted":true,"route":"/cart","step":2}'
        Get-Note $folder | Should -BeNullOrEmpty
    }
}
