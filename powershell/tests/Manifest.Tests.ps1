# The manifest: its fields, its exports against what is defined, its list of files against the disk.
# Not for the parameters of the commands (Surface.Tests.ps1).

BeforeDiscovery {
    $cargo = Join-Path $PSScriptRoot '../../Cargo.toml'
    $inCheckout = -not $env:VIGIE_MODULE -and (Test-Path -LiteralPath $cargo)
}

BeforeAll {
    . (Join-Path $PSScriptRoot 'Common.ps1')
    $folder = Split-Path $VigieModule
    $data = Import-PowerShellDataFile -LiteralPath $VigieModule
}

Describe 'The manifest' -Tag Unit {
    It 'is valid' {
        $tested = Test-ModuleManifest -Path $VigieModule -ErrorAction Stop -WarningVariable warned -WarningAction SilentlyContinue
        $tested.Name | Should -Be 'Vigie'
        $warned.Count | Should -Be 0
    }

    It 'sets <Field> to <Expected>' -ForEach @(
        @{ Field = 'RootModule'; Expected = 'Vigie.psm1' }
        @{ Field = 'PowerShellVersion'; Expected = '5.1' }
        @{ Field = 'DotNetFrameworkVersion'; Expected = '4.7.2' }
        @{ Field = 'CompatiblePSEditions'; Expected = 'Desktop', 'Core' }
        @{ Field = 'FormatsToProcess'; Expected = 'Vigie.Format.ps1xml' }
    ) {
        $data[$Field] | Should -Be $Expected
    }

    It 'says who and what: <_>' -ForEach 'GUID', 'Author', 'Description', 'Copyright' {
        $data[$_] | Should -Not -BeNullOrEmpty
    }

    It 'loads nothing besides: <_>' -ForEach 'RequiredModules', 'RequiredAssemblies', 'ScriptsToProcess', 'NestedModules' {
        @($data[$_] | Where-Object { $_ }).Count | Should -Be 0
    }

    It 'has what a gallery shows' {
        $shown = $data.PrivateData.PSData
        foreach ($key in 'LicenseUri', 'ProjectUri', 'ReleaseNotes') { $shown[$key] | Should -Not -BeNullOrEmpty -Because $key }
        foreach ($tag in 'PSEdition_Core', 'PSEdition_Desktop', 'Linux', 'Windows', 'MacOS', 'OpenTelemetry') { $shown.Tags | Should -Contain $tag }
    }

    It 'bears the version of the workspace' -Skip:(-not $inCheckout) {
        $text = [IO.File]::ReadAllText((Join-Path $VigieTestRoot '../../Cargo.toml'))
        $text -match '(?ms)^\[workspace\.package\].*?^version = "([^"]+)"' | Should -BeTrue
        $number, $label = $Matches[1] -split '-', 2
        $data.ModuleVersion | Should -Be $number
        "$($data.PrivateData.PSData.Prerelease)" | Should -Be "$label"
    }
}

Describe 'Exports' -Tag Unit {
    It 'are lists without wildcards' {
        foreach ($key in 'FunctionsToExport', 'CmdletsToExport', 'AliasesToExport', 'VariablesToExport') {
            $data.ContainsKey($key) | Should -BeTrue -Because $key
            @($data[$key]) -join ' ' | Should -Not -Match '[*?]' -Because $key
        }
        @($data.VariablesToExport).Count | Should -Be 0
    }

    It 'are the cmdlets that the assembly defines' {
        $defined = foreach ($type in [Vigie.Log].Assembly.GetTypes()) {
            foreach ($mark in $type.GetCustomAttributes([Management.Automation.CmdletAttribute], $false)) { '{0}-{1}' -f $mark.VerbName, $mark.NounName }
        }
        $data.CmdletsToExport | Sort-Object | Should -Be ($defined | Sort-Object)
        (Get-Command -Module Vigie -CommandType Cmdlet).Name | Sort-Object | Should -Be ($defined | Sort-Object)
    }

    It 'are the functions that the scripts define for others' {
        $defined = foreach ($file in Get-ChildItem -LiteralPath $folder -Filter *.ps1) {
            $tree = [Management.Automation.Language.Parser]::ParseFile($file.FullName, [ref] $null, [ref] $null)
            foreach ($statement in $tree.EndBlock.Statements) {
                if ($statement -is [Management.Automation.Language.FunctionDefinitionAst] -and $statement.Name -match '^\w+-Vigie\w+$') { $statement.Name }
            }
        }
        $exported = $data.FunctionsToExport | Sort-Object
        (Get-Command -Module Vigie -CommandType Function).Name | Sort-Object | Should -Be $exported
        foreach ($name in $exported) { $defined | Should -Contain $name }
    }

    It 'are found without an import: a command loads the module' {
        $found = Join-Path $TestDrive 'modules'
        $null = New-Item -ItemType Directory -Path $found
        # The folder has the name of the module, which PSModulePath requires.
        $null = New-Item -ItemType SymbolicLink -Path (Join-Path $found 'Vigie') -Target $folder
        $child = Invoke-TestPwsh 'Get-VigieSpan; (Get-Module Vigie).Name' -Environment @{ PSModulePath = $found; VIGIE_NATIVE_LIB = Get-TestLibrary }
        $child.Output | Should -Be "Vigie`n" -Because $child.Error
    }
}

Describe 'Files' -Tag Unit {
    BeforeAll {
        $present = Get-ChildItem -LiteralPath $folder -File -Recurse |
            ForEach-Object { $_.FullName.Substring($folder.Length + 1).Replace('\', '/') }
        $listed = @($data.FileList | ForEach-Object { $_.Replace('\', '/') -replace '^\./', '' })
    }

    It 'that are listed are there' {
        # Only a package holds native libraries.
        foreach ($file in $listed | Where-Object { $_ -notlike 'runtimes/*' }) { $present | Should -Contain $file }
    }

    It 'that are there are listed' {
        foreach ($file in $present | Where-Object { $_ -notlike 'runtimes/*' }) { $listed | Should -Contain $file }
    }

    It 'are ASCII: Windows PowerShell reads a file without a mark in another encoding' {
        foreach ($file in $present | Where-Object { $_ -match '\.(ps1|psm1|psd1|ps1xml)$' }) {
            $bytes = [IO.File]::ReadAllBytes((Join-Path $folder $file))
            @($bytes | Where-Object { $_ -gt 127 }).Count | Should -Be 0 -Because $file
        }
    }
}
