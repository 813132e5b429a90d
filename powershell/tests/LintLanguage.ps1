# Finds what Windows PowerShell 5.1 does not have, by tokens and syntax tree, because the parser of 7 accepts it.
# Not for style: see LintStyle.ps1. A finding is the text `line: what is wrong`.

# Operators by the name of their token.
$script:NewTokens = @{
    QuestionMark = 'the ternary ?:'; QuestionQuestion = '??'; QuestionQuestionEquals = '??='; QuestionDot = '?.'
    QuestionLBracket = '?[]'; AndAnd = '&&'; OrOr = '||'; Ampersand = $null
}

# Commands and parameters that came with 6 or 7. Where no parameters are named, the command itself is new.
$script:NewCommands = @{
    'ForEach-Object' = 'Parallel', 'ThrottleLimit', 'AsJob', 'TimeoutSeconds', 'UseNewRunspace'
    'ConvertTo-Json' = 'AsArray', 'EnumsAsStrings', 'EscapeHandling'
    'ConvertFrom-Json' = 'AsHashtable', 'Depth', 'NoEnumerate', 'DateKind'
    'Get-Content' = , 'AsByteStream'; 'Set-Content' = , 'AsByteStream'; 'Add-Content' = , 'AsByteStream'
    'Join-Path' = , 'AdditionalChildPath'; 'Split-Path' = 'LeafBase', 'Extension'
    'Select-String' = 'Raw', 'NoEmphasis', 'Culture'; 'Sort-Object' = 'Top', 'Bottom', 'Stable'
    'Import-Module' = , 'SkipEditionCheck'; 'Get-Module' = , 'SkipEditionCheck'
    'Invoke-RestMethod' = 'SkipHttpErrorCheck', 'StatusCodeVariable', 'ResponseHeadersVariable', 'SkipCertificateCheck', 'Authentication', 'Token', 'Form', 'NoProxy', 'CustomMethod'
    'Invoke-WebRequest' = 'SkipHttpErrorCheck', 'SkipCertificateCheck', 'Authentication', 'Token', 'Form', 'NoProxy', 'CustomMethod'
    'Start-Process' = , 'Environment'; 'Get-Date' = , 'FromUnixTime'; 'Start-Sleep' = , 'Duration'; 'Get-Random' = , 'Shuffle'
    'Test-Json' = @(); 'Get-Error' = @(); 'Join-String' = @(); 'Remove-Alias' = @(); 'Get-Uptime' = @(); 'Start-ThreadJob' = @()
    'ConvertFrom-Markdown' = @(); 'Show-Markdown' = @(); 'Get-SecureRandom' = @(); 'Remove-Service' = @(); 'Switch-Process' = @()
}

# Variables that 5.1 does not set. To read one is an error there in strict mode.
$script:NewVariables = 'IsWindows', 'IsLinux', 'IsMacOS', 'IsCoreCLR', 'PSStyle', 'EnabledExperimentalFeatures'

# Gives a finding for everything in a script's tokens and tree that 5.1 could not run.
function Get-LintLanguageFinding($Ast, $Tokens) {
    Get-LintTokenFinding $Tokens
    $Ast.FindAll({ $true }, $true) | ForEach-Object { Get-LintNodeFinding $_ }
}

function Get-LintTokenFinding($Tokens) {
    $previous = $null
    foreach ($token in $Tokens) {
        $line = $token.Extent.StartLineNumber
        $what = $script:NewTokens["$($token.Kind)"]
        if ($what) { "${line}: $what is not in 5.1" }
        if ($token.Kind -eq 'Pipe' -and $previous.Kind -eq 'NewLine') { "${line}: a line that begins with | is not in 5.1" }
        if ($token.Kind -eq 'Number' -and $token.Text -match '^[+-]?(0b|0x[0-9a-f]+(u|n|s|y)|[0-9.]+(e[+-]?[0-9]+)?(u|n|s|y))') {
            "${line}: the number $($token.Text) is not in 5.1"
        }
        if ($token -is [System.Management.Automation.Language.StringExpandableToken] -and $token.Text -match '(?<!`)(``)*`(e|u\{)') {
            "${line}: the escapes ``e and ``u{} are not in 5.1"
        }
        if ($token.Kind -ne 'Comment') { $previous = $token }
    }
}

function Get-LintNodeFinding($Node) {
    $line = $Node.Extent.StartLineNumber
    switch ($Node.GetType().Name) {
        'ScriptBlockAst' { if ($Node.CleanBlock) { "$($Node.CleanBlock.Extent.StartLineNumber): a clean block is not in 5.1" } }
        'PipelineAst' { if ($Node.Background) { "${line}: a background & is not in 5.1" } }
        'PipelineChainAst' { if ($Node.Background) { "${line}: a background & is not in 5.1" } }
        'VariableExpressionAst' {
            if ($script:NewVariables -contains $Node.VariablePath.UserPath) { "${line}: `$$($Node.VariablePath.UserPath) is not set in 5.1" }
        }
        'CommandAst' { Get-LintCommandFinding $Node }
    }
}

function Get-LintCommandFinding($Command) {
    $name = $Command.GetCommandName()
    if (-not $name -or -not $script:NewCommands.ContainsKey($name)) { return }
    $line = $Command.Extent.StartLineNumber
    $parameters = $script:NewCommands[$name]
    if (-not $parameters) { return "${line}: $name is not in 5.1" }
    foreach ($element in $Command.CommandElements) {
        if ($element -isnot [System.Management.Automation.Language.CommandParameterAst]) { continue }
        # An abbreviation of such a parameter counts too.
        $found = @($parameters | Where-Object { $_.StartsWith($element.ParameterName, [StringComparison]::OrdinalIgnoreCase) })
        $known = @($parameters) -contains $element.ParameterName
        if ($known -or ($found -and $element.ParameterName.Length -ge 4)) { "${line}: $name -$($element.ParameterName) is not in 5.1" }
    }
}
