# What the module is and what it exports; `Import-Module Vigie` reads it first.
# Not for loading: see Vigie.psm1.
@{
    RootModule             = 'Vigie.psm1'
    ModuleVersion          = '0.1.0'
    GUID                   = '668cf9ba-9bfb-4e28-a9e2-35fb86e7c204'
    Author                 = 'The Vigie authors'
    CompanyName            = 'Vigie'
    Copyright              = '(c) The Vigie authors. MIT OR Apache-2.0.'
    Description            = 'Logs, spans and metrics for PowerShell, in the line format, traces and metrics that Vigie writes from Python, Node and C.'

    PowerShellVersion      = '5.1'
    CompatiblePSEditions   = @('Desktop', 'Core')
    DotNetFrameworkVersion = '4.7.2'

    # The lists are explicit, because with wildcards a command would not load the module by itself. A test compares them.
    FunctionsToExport      = @(
        'Disable-VigieHttpPropagation', 'Enable-VigieHttpPropagation', 'Invoke-VigieRestMethod', 'Invoke-VigieScript',
        'Measure-VigieBlock', 'Use-VigieContext', 'Use-VigieSpan'
    )
    CmdletsToExport        = @(
        'Add-VigieCounter', 'Add-VigieHistogram', 'Add-VigieSpanEvent', 'Add-VigieUpDownCounter', 'ConvertFrom-VigieTraceHeader',
        'Get-VigieContext', 'Get-VigieLogger', 'Get-VigieMetric', 'Get-VigieSpan', 'Get-VigieStatistic', 'Get-VigieTraceHeader',
        'Initialize-Vigie', 'Set-VigieGauge', 'Set-VigieLevel', 'Set-VigieSpan', 'Start-VigieSpan', 'Stop-Vigie', 'Stop-VigieSpan',
        'Wait-VigieFlush', 'Write-VigieLog'
    )
    VariablesToExport      = @()
    AliasesToExport        = @()

    FormatsToProcess       = @('Vigie.Format.ps1xml')
    # A package also holds runtimes/<rid>/native with the library of each platform.
    FileList               = @(
        'Capture.ps1', 'Http.ps1', 'LICENSE', 'Span.ps1', 'Vigie.Format.ps1xml', 'Vigie.PowerShell.dll', 'Vigie.psd1', 'Vigie.psm1',
        'en-US/Vigie.PowerShell.dll-Help.xml', 'en-US/about_Vigie.help.txt'
    )

    PrivateData            = @{
        PSData = @{
            Tags         = @('PSEdition_Core', 'PSEdition_Desktop', 'Linux', 'Windows', 'MacOS', 'OpenTelemetry', 'Logging', 'Tracing', 'Metrics')
            LicenseUri   = 'https://spdx.org/licenses/MIT.html'
            ProjectUri   = 'https://example.org/vigie'
            ReleaseNotes = 'See CHANGELOG.md of the project.'
        }
    }
}
