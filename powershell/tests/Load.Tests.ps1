# Loading that cannot work: each reason gives one sentence that names the cure, and no part of the module stays loaded.
# Not for a module that loads (Import.Tests.ps1).

BeforeDiscovery {
    $hasCompiler = [bool] (Get-Command cc -CommandType Application -ErrorAction SilentlyContinue)
}

BeforeAll {
    . (Join-Path $PSScriptRoot 'Common.ps1')
    # A copy of the module without libraries, away from any target folder.
    function Copy-TestModule([string] $Name) {
        $copy = Join-Path $TestDrive "$Name/Vigie"
        $null = New-Item -ItemType Directory -Path (Split-Path $copy)
        Copy-Item -LiteralPath (Split-Path $VigieModule) -Destination $copy -Recurse
        if (Test-Path "$copy/runtimes") { Remove-Item "$copy/runtimes" -Recurse }
        $copy
    }
    # Imports a copy in a child and gives the message of the one error that it wrote.
    function Get-ImportError([string] $Folder, [string] $Library = '', [string] $Before = '') {
        $script = @'
$all = @()
try { Import-Module $env:VIGIE_MODULE -ErrorAction Stop } catch { $all += $_ }
if (Get-Module Vigie) { 'loaded' }
foreach ($one in $all) { "$($one.Exception.Message)" }
'@
        $child = Invoke-TestPwsh "$Before`n$script" -Environment @{ VIGIE_MODULE = Join-Path $Folder 'Vigie.psd1'; VIGIE_NATIVE_LIB = $Library }
        $child.Error | Should -BeNullOrEmpty
        @($child.Output.Trim() -split "`n").Count | Should -Be 1 -Because $child.Output
        $child.Output.Trim()
    }
}

Describe 'A module that cannot load' -Tag Native {
    It 'for want of the library says where it looked and how to build it' {
        $copy = Copy-TestModule 'nolibrary'
        $message = Get-ImportError $copy
        $message | Should -BeLike '*runtimes*native*'
        $message | Should -BeLike '*target*release*'
        $message | Should -BeLike '*cargo xtask setup*'
    }

    It 'looks nowhere else when VIGIE_NATIVE_LIB names the library' {
        $message = Get-ImportError (Split-Path $VigieModule) -Library '/no/such/libvigie.so'
        $message | Should -BeLike '*/no/such/libvigie.so*'
        $message | Should -Not -BeLike '*runtimes*'
    }

    It 'for want of the assembly says so, and how to build it' {
        $copy = Copy-TestModule 'noassembly'
        Remove-Item (Join-Path $copy 'Vigie.PowerShell.dll')
        $message = Get-ImportError $copy
        $message | Should -BeLike '*Vigie.PowerShell.dll*'
        $message | Should -BeLike '*cargo xtask setup*'
    }

    It 'refuses a library of another version of the interface' -Skip:(-not $hasCompiler) {
        $source = Join-Path $TestDrive 'other.c'
        $library = Join-Path $TestDrive 'libother.so'
        [IO.File]::WriteAllText($source, 'unsigned vigie_abi_version(void) { return 99; }')
        & cc -shared -fPIC -o $library $source
        $message = Get-ImportError (Split-Path $VigieModule) -Library $library
        $message | Should -BeLike "*$library*"
        $message | Should -BeLike '*99*'
    }

    It 'refuses a file that is no library' {
        $file = Join-Path $TestDrive 'text.so'
        [IO.File]::WriteAllText($file, 'not a library')
        Get-ImportError (Split-Path $VigieModule) -Library $file | Should -BeLike "*$file*"
    }

    It 'loads after all once the library is there' {
        $child = Invoke-TestPwsh @'
$library = $env:VIGIE_REAL; $env:VIGIE_NATIVE_LIB = '/no/such/libvigie.so'
try { Import-Module $env:VIGIE_MODULE -ErrorAction Stop } catch { 'refused' }
$env:VIGIE_NATIVE_LIB = $library
Import-Module $env:VIGIE_MODULE
[Vigie.Log]::IsEnabled('Info')
'@ -Environment @{ VIGIE_REAL = Get-TestLibrary }
        $child.Output, $child.Error | Should -Be "refused`nTrue`n", ''
    }

    It 'says in Constrained Language that it cannot' {
        $message = Get-ImportError (Split-Path $VigieModule) -Library (Get-TestLibrary) -Before '$ExecutionContext.SessionState.LanguageMode = "ConstrainedLanguage"'
        $message | Should -BeLike '*ConstrainedLanguage*'
    }
}
