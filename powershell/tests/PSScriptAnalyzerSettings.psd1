# PSScriptAnalyzer's settings for the module's scripts; lint.ps1 passes them on where the analyzer is installed.
# Not the only lint: LintLanguage.ps1 and LintStyle.ps1 need no analyzer.
@{
    Severity = @('Error', 'Warning')
    Rules = @{
        PSUseCompatibleSyntax = @{ Enable = $true; TargetVersions = @('5.1', '7.4') }
    }
    ExcludeRules = @(
        # Recording changes nothing that one would want to be asked about.
        'PSUseShouldProcessForStateChangingFunctions'
        # $global:PSDefaultParameterValues is where HTTP propagation has to stand.
        'PSAvoidGlobalVars'
    )
}
