# The rules of style for the module's scripts, and the order in which all rules are asked.
# Not for versions of the language: see LintLanguage.ps1. A finding is the text `line: what is wrong`.

$script:LongestFunction = 50
$script:LongestFile = 400
$script:ApprovedVerbs = @(Get-Verb).Verb
# Aliases that only Windows has. Elsewhere they name programs, so the alias table here does not hold them.
$script:Aliases = @((Get-Alias).Name) + @(
    'ac', 'cat', 'clear', 'compare', 'cp', 'cpp', 'curl', 'diff', 'kill', 'lp', 'ls', 'man', 'mount', 'mv', 'ps', 'rm', 'rmdir',
    'sc', 'sleep', 'sort', 'start', 'tee', 'wget', 'write'
)
$script:Common = @([System.Management.Automation.PSCmdlet]::CommonParameters) + @([System.Management.Automation.PSCmdlet]::OptionalCommonParameters)

# Gives every finding in one script. -Module adds the stricter rules for the module's own scripts; -Exported names the
# functions that need help.
function Get-LintFinding {
    param([string] $Text, [switch] $Module, [string[]] $Exported = @())
    $tokens = $null
    $errors = $null
    $ast = [System.Management.Automation.Language.Parser]::ParseInput($Text, [ref] $tokens, [ref] $errors)
    if ($errors) { return $errors | ForEach-Object { "$($_.Extent.StartLineNumber): does not parse: $($_.Message)" } }
    if (-not $Module) { return }
    Get-LintLanguageFinding $ast $tokens
    Get-LintFileFinding $Text $tokens
    $functions = $ast.FindAll({ $args[0] -is [System.Management.Automation.Language.FunctionDefinitionAst] }, $true)
    foreach ($function in $functions) {
        Get-LintNameFinding $function
        Get-LintLengthFinding $function $tokens
        if ($Exported -contains $function.Name) { Get-LintHelpFinding $function }
    }
    $commands = $ast.FindAll({ $args[0] -is [System.Management.Automation.Language.CommandAst] }, $true)
    foreach ($command in $commands) { Get-LintCallFinding $command $functions }
}

function Get-LintFileFinding($Text, $Tokens) {
    $lines = ($Text.TrimEnd() -split "`n").Count
    if ($lines -gt $script:LongestFile) { "1: a file of $lines lines, at most $($script:LongestFile)" }
    $first = $Tokens | Where-Object { $_.Kind -ne 'NewLine' } | Select-Object -First 1
    if ($first.Kind -ne 'Comment') { '1: opens without a word on what it is for' }
}

function Get-LintNameFinding($Function) {
    $line = $Function.Extent.StartLineNumber
    $verb, $noun = $Function.Name -replace '^(script|global|local|private):' -split '-', 2
    if (-not $noun) { return "${line}: $($Function.Name) is not named Verb-Noun" }
    if ($script:ApprovedVerbs -cnotcontains $verb) { "${line}: $($Function.Name): $verb is not an approved verb" }
    if ($noun -cmatch 's$' -and $noun -cnotmatch '(ss|us|is)$') { "${line}: $($Function.Name): the noun is not singular" }
}

# Lines of block comments do not count, because the help of a function stands inside it.
function Get-LintLengthFinding($Function, $Tokens) {
    $extent = $Function.Extent
    $lines = $extent.EndLineNumber - $extent.StartLineNumber + 1
    foreach ($token in $Tokens) {
        $inside = $token.Extent.StartOffset -ge $extent.StartOffset -and $token.Extent.EndOffset -le $extent.EndOffset
        if ($inside -and $token.Kind -eq 'Comment' -and $token.Text.StartsWith('<#')) {
            $lines -= $token.Extent.EndLineNumber - $token.Extent.StartLineNumber + 1
        }
    }
    if ($lines -gt $script:LongestFunction) {
        "$($extent.StartLineNumber): $($Function.Name) has $lines lines, at most $($script:LongestFunction)"
    }
}

function Get-LintHelpFinding($Function) {
    $line = $Function.Extent.StartLineNumber
    $help = $Function.GetHelpContent()
    if (-not $help -or -not $help.Synopsis) { return "${line}: $($Function.Name) has no help" }
    if (@($help.Examples).Count -lt 2) { "${line}: $($Function.Name) has fewer than two examples" }
    $block = $Function.Body.ParamBlock
    $parameters = if ($block) { @($block.Parameters) } else { @($Function.Parameters) }
    foreach ($parameter in $parameters) {
        $name = $parameter.Name.VariablePath.UserPath
        if (-not $help.Parameters.ContainsKey($name.ToUpperInvariant())) { "${line}: $($Function.Name): -$name is not in the help" }
    }
}

function Get-LintCallFinding($Command, $Functions) {
    $name = $Command.GetCommandName()
    if (-not $name) { return }
    $line = $Command.Extent.StartLineNumber
    if ($script:Aliases -contains $name) { return "${line}: $name is an alias" }
    $known = Get-LintParameter $name $Functions
    if (-not $known) { return }
    foreach ($element in $Command.CommandElements) {
        if ($element -isnot [System.Management.Automation.Language.CommandParameterAst]) { continue }
        if ($known -notcontains $element.ParameterName) { "${line}: $name -$($element.ParameterName) is not a parameter's full name" }
    }
}

# The full names of a command's parameters; none when the command is not known here.
function Get-LintParameter($Name, $Functions) {
    $function = $Functions | Where-Object { $_.Name -eq $Name } | Select-Object -First 1
    if ($function) {
        # With dynamic parameters the script does not name them all.
        if ($function.Body.DynamicParamBlock) { return }
        $block = $function.Body.ParamBlock
        $own = if ($block) { $block.Parameters } else { $function.Parameters }
        return @($own | Where-Object { $_ } | ForEach-Object { $_.Name.VariablePath.UserPath }) + $script:Common
    }
    $found = Get-Command -Name $Name -CommandType Cmdlet, Function -ErrorAction Ignore | Select-Object -First 1
    if ($found -and $found.Parameters) { $found.Parameters.Keys }
}
