# Reads a help source: one Markdown page for one cmdlet, in a fixed form.
# Not for writing MAML: see Maml.ps1. Not for running the examples: see tests/Help.Tests.ps1.

# Gives the page as a hashtable: Name, Synopsis, Description (paragraphs), Parameters (ordered: name -> Text, Default),
# Input and Output (lists of Type, Text), Examples (lists of Title, Code, Remarks), Links.
function Read-HelpSource([string] $Path) {
    $page = @{
        Name = ''; Synopsis = ''; Description = @(); Parameters = New-Object System.Collections.Specialized.OrderedDictionary
        Input = @(); Output = @(); Examples = @(); Links = @(); File = [IO.Path]::GetFileName($Path)
    }
    foreach ($section in Split-HelpSection ([IO.File]::ReadAllLines($Path)) '^#{1,2} (.+)$') {
        $title = $section.Title
        switch -CaseSensitive ($title) {
            'Parameters' {
                foreach ($part in Split-HelpSection $section.Lines '^### -(.+)$') {
                    $page.Parameters[$part.Title] = Read-HelpParameter $part.Lines
                }
            }
            'Input' { $page.Input = @(Read-HelpType $section.Lines) }
            'Output' { $page.Output = @(Read-HelpType $section.Lines) }
            'Examples' {
                $parts = @(Split-HelpSection $section.Lines '^### (.+)$')
                $page.Examples = @($parts | ForEach-Object { Read-HelpExample $_ })
            }
            'See also' { $page.Links = @($section.Lines | Where-Object { $_ -match '^- ' } | ForEach-Object { $_.Substring(2) }) }
            default {
                if ($page.Name) { throw "$($page.File): a heading that is not known: $title" }
                $page.Name = $title
                $paragraphs = @(Read-HelpParagraph $section.Lines)
                $page.Synopsis = $paragraphs[0]
                $page.Description = @($paragraphs | Select-Object -Skip 1)
            }
        }
    }
    $page
}

# Cuts lines at the headings that match. Lines before the first heading are left out; lines of code are no headings.
function Split-HelpSection([string[]] $Lines, [string] $Heading) {
    $section = $null
    $code = $false
    foreach ($line in $Lines) {
        if ($line -match '^```') { $code = -not $code }
        if (-not $code -and $line -match $Heading) {
            if ($section) { $section }
            $section = @{ Title = $Matches[1]; Lines = @() }
        } elseif ($section) {
            $section.Lines += $line
        }
    }
    if ($section) { $section }
}

# Gives each paragraph as one line, because the help system breaks lines where the console ends. `code` becomes 'code',
# because a backtick means something else in PowerShell.
function Read-HelpParagraph([string[]] $Lines) {
    $text = ($Lines -join "`n").Trim()
    if (-not $text) { return }
    foreach ($paragraph in [regex]::Split($text, "\n\s*\n")) {
        ($paragraph -replace '\s*\n\s*', ' ') -replace '`([^`]+)`', "'`$1'"
    }
}

function Read-HelpParameter([string[]] $Lines) {
    $paragraphs = @(Read-HelpParagraph $Lines)
    $default = $paragraphs | Where-Object { $_ -match '^Default: ' } | ForEach-Object { $_.Substring(9) }
    @{ Text = @($paragraphs | Where-Object { $_ -notmatch '^Default: ' }); Default = "$default" }
}

# Reads lines of the form: - `Type`: text.
function Read-HelpType([string[]] $Lines) {
    foreach ($line in $Lines) {
        if ($line -match '^- `([^`]+)`: (.+)$') { @{ Type = $Matches[1]; Text = @(Read-HelpParagraph $Matches[2]) } }
    }
}

function Read-HelpExample($Part) {
    $lines = @($Part.Lines)
    $first = [array]::IndexOf($lines, '```powershell example')
    $last = [array]::IndexOf($lines, '```')
    if ($first -lt 0 -or $last -lt $first) { throw "the example '$($Part.Title)' holds no block 'powershell example'" }
    @{
        Title = $Part.Title
        Code = ($lines[($first + 1)..($last - 1)] -join "`n")
        Remarks = @(Read-HelpParagraph ($lines | Select-Object -Skip ($last + 1)))
    }
}

# Compares the parameters of the page with those of the cmdlet; gives one text for each mistake.
function Compare-HelpSource($Page, $Cmdlet) {
    if ($Page.Name -cne $Cmdlet.Name) { "$($Page.File): the title is $($Page.Name)" }
    $real = @(Get-OwnParameter $Cmdlet)
    foreach ($name in $Page.Parameters.Keys) {
        if ($real -cnotcontains $name) { "$($Page.File): there is no parameter -$name" }
        if (-not $Page.Parameters[$name].Text.Count) { "$($Page.File): nothing is said of -$name" }
    }
    foreach ($name in $real) {
        if (@($Page.Parameters.Keys) -cnotcontains $name) { "$($Page.File): -$name is not described" }
    }
}

# The names of a command's parameters, without those that every cmdlet has.
function Get-OwnParameter($Command) {
    $common = [System.Management.Automation.PSCmdlet]::CommonParameters
    $Command.Parameters.Keys | Where-Object { $common -notcontains $_ }
}
