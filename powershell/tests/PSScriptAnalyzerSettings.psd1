# PSScriptAnalyzer's settings for the module's scripts; lint.ps1 passes them on where the analyzer is installed.
@{
    Severity = @('Error', 'Warning')
    Rules = @{
        PSUseCompatibleSyntax = @{ Enable = $true; TargetVersions = @('5.1', '7.4') }
    }
    ExcludeRules = @(
        # Recording changes nothing that would need a confirmation.
        'PSUseShouldProcessForStateChangingFunctions'
        # HTTP propagation has to set $global:PSDefaultParameterValues.
        'PSAvoidGlobalVars'
    )
}
