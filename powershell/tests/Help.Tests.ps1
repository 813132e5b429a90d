# The help: every command is described, what is described exists, and the examples do what they say.

BeforeDiscovery {
    . (Join-Path $PSScriptRoot 'Common.ps1')
    . (Join-Path $PSScriptRoot 'HelpCases.ps1')
    $module = Get-Module Vigie
    $commands = @($module.ExportedCommands.Values | Sort-Object -Property Name | ForEach-Object {
            @{ Name = $_.Name; Type = "$($_.CommandType)" }
        })
    $parameters = @(foreach ($command in $module.ExportedCommands.Values) {
            foreach ($name in Get-HelpParameterName $command) { @{ Command = $command.Name; Name = $name } }
        })
    $examples = @(Get-HelpExample)
}

BeforeAll {
    . (Join-Path $PSScriptRoot 'Common.ps1')
    . (Join-Path $PSScriptRoot 'HelpCases.ps1')
}

Describe 'Help of <Name>' -Tag Unit -ForEach $commands {
    BeforeAll {
        $command = Get-Command -Module Vigie -Name $Name
        $help = Get-Help -Name $Name -Full
    }

    It 'has a synopsis of one sentence' {
        # For a command without help PowerShell shows the syntax in this place.
        $help.Synopsis.Trim() | Should -Match '^[A-Z].{10,100}\.$'
        $help.Synopsis | Should -Not -Match ([regex]::Escape($Name))
    }

    It 'has a description' {
        (Get-HelpText $help.description) | Should -Match '\w{2,}.*\.\s*$'
    }

    It 'says what it gives' {
        (Get-HelpText $help.returnValues) | Should -Match '\w'
    }

    It 'has two examples, each of which says what it prints or records' {
        $own = @(Get-HelpExample | Where-Object { $_.Command -eq $Name })
        $own.Count | Should -BeGreaterOrEqual 2
        @($own | Where-Object { -not $_.Expected.Count } | ForEach-Object { $_.Code }) | Should -BeNullOrEmpty
    }

    It 'mentions only parameters that exist' {
        # For a function the help system takes all but the first line of an example for remarks.
        if ($Type -eq 'Function') { $help.PSObject.Properties.Remove('examples') }
        $text = Get-HelpText $help
        $unknown = foreach ($mention in Get-HelpMention $text $Name) {
            if (-not $mention.Known) { "$($mention.Command) -$($mention.Parameter)" }
        }
        $unknown | Should -BeNullOrEmpty
    }

    It 'refers only to commands and topics that exist' {
        $links = @($help.relatedLinks.navigationLink | ForEach-Object { $_.linkText } | Where-Object { $_ })
        foreach ($link in $links) {
            if ($link -like 'about_*') { Get-Help $link | Should -Not -BeNullOrEmpty }
            else { Get-Command $link -ErrorAction SilentlyContinue | Should -Not -BeNullOrEmpty -Because $link }
        }
    }
}

Describe 'Parameter <Name> of <Command>' -Tag Unit -ForEach $parameters {
    It 'is described' {
        $help = Get-Help -Name $Command -Parameter $Name
        (Get-HelpText $help.description) | Should -Match '^\s*[A-Z''].{8,}\.\s*$'
    }
}

Describe 'Examples' -Tag Native {
    BeforeAll {
        $ran = Invoke-HelpExample (Get-HelpExample)
    }

    It '<Command> <Number>: <Title>' -ForEach $examples {
        $result = $ran["$Command $Number"]
        $result.Problems -join "`n" | Should -BeNullOrEmpty
    }
}

Describe 'about_Vigie' -Tag Unit {
    BeforeAll {
        $text = [IO.File]::ReadAllText((Join-Path (Split-Path $VigieModule) 'en-US/about_Vigie.help.txt'))
    }

    It 'is found by the help system' {
        "$(Get-Help about_Vigie)" | Should -Match 'SHORT DESCRIPTION'
    }

    It 'mentions only parameters and commands that exist' {
        $unknown = foreach ($mention in Get-HelpMention $text '') {
            if (-not $mention.Known) { "$($mention.Command) -$($mention.Parameter)" }
        }
        $unknown | Should -BeNullOrEmpty
        $named = [regex]::Matches($text, '\b[A-Z][a-z]+-Vigie\w*\b') | ForEach-Object { $_.Value } | Sort-Object -Unique
        @($named | Where-Object { -not (Get-Command -Module Vigie -Name $_ -ErrorAction SilentlyContinue) }) |
            Should -BeNullOrEmpty
    }

    It 'fits into 80 columns' {
        @($text -split "`n" | Where-Object { $_.Length -gt 80 }) | Should -BeNullOrEmpty
    }
}

Describe 'Generated help and licence' -Tag Unit {
    It 'is what its sources say' -Skip:([bool] $env:VIGIE_MODULE) {
        # A package contains the file of the checkout from which it was built, and this test checks that one.
        $child = Invoke-TestPwsh -Script "& '$VigieTestRoot/../help/build.ps1' -Check; exit `$LASTEXITCODE"
        $child.Error | Should -BeNullOrEmpty
        $child.ExitCode | Should -Be 0
    }

    It 'notices a description that changed' {
        $copy = Join-Path $TestDrive 'module'
        $null = New-Item -ItemType Directory -Path $copy
        Copy-Item -Recurse (Join-Path $VigieTestRoot '../help') (Join-Path $copy 'help')
        $null = New-Item -ItemType Directory -Path (Join-Path $copy 'Vigie/en-US')
        $file = Join-Path $copy 'help/Write-VigieLog.md'
        $text = [IO.File]::ReadAllText($file)
        [IO.File]::WriteAllText($file, $text.Replace('Writes a log record.', 'Writes something.'))
        $xml = 'en-US/Vigie.PowerShell.dll-Help.xml'
        Copy-Item (Join-Path (Split-Path $VigieModule) $xml) (Join-Path $copy "Vigie/$xml")
        $child = Invoke-TestPwsh -Script "& '$copy/help/build.ps1' -Check; exit `$LASTEXITCODE"
        $child.ExitCode | Should -Be 1
        $child.Error | Should -Match 'build\.ps1'
    }

    It 'refuses a source that describes a parameter that does not exist' {
        $copy = Join-Path $TestDrive 'wrong'
        Copy-Item -Recurse (Join-Path $VigieTestRoot '../help') $copy
        $file = Join-Path $copy 'Stop-Vigie.md'
        $text = [IO.File]::ReadAllText($file)
        [IO.File]::WriteAllText($file, $text.Replace('### -PassThru', '### -Through'))
        $child = Invoke-TestPwsh -Script "& '$copy/build.ps1' -Check; exit `$LASTEXITCODE"
        $child.ExitCode | Should -Be 1
        $child.Error | Should -Match 'there is no parameter -Through'
        $child.Error | Should -Match '-PassThru is not described'
    }

    It 'carries the licence of the repository' {
        $root = Join-Path $VigieTestRoot '../../LICENSE'
        $own = Join-Path (Split-Path $VigieModule) 'LICENSE'
        [IO.File]::ReadAllText($own) | Should -BeExactly ([IO.File]::ReadAllText($root))
    }
}
