# The views of the module's objects: the important columns are whole on a console of 80 and of 120 columns.

BeforeAll {
    . (Join-Path $PSScriptRoot 'Common.ps1')

    function Get-View($Object, [int] $Width) {
        $text = $Object | Out-String -Width $Width
        # Escape sequences for colours take no width.
        $text -replace "`e\[[0-9;]*m" -split "`r?`n" | Where-Object { $_.Trim() }
    }
}

Describe 'Views at <_> columns' -Tag Unit -ForEach 80, 120 {
    BeforeAll {
        $width = $_
        $null = Start-TestVigie
    }

    AfterEach {
        @($view | Where-Object { $_.TrimEnd().Length -gt $width }) | Should -BeNullOrEmpty
    }

    It 'shows both ids of a span, whatever its name' {
        $span = Start-VigieSpan ('a long name of a route ' * 4) -Kind Consumer
        $view = Get-View $span $width
        Stop-VigieSpan -Span $span
        $view[0] | Should -Match '^TraceId +SpanId +Kind +Name'
        $view[2] | Should -Match "^$($span.TraceId) $($span.SpanId) Consumer a long name"
    }

    It 'shows a context with its attributes' {
        $context = Use-VigieSpan outer { Use-VigieContext @{ user_id = 'u-7' } { Get-VigieContext } }
        $view = Get-View $context $width
        $view[2] | Should -Match "^$($context.TraceId) $($context.SpanId) \{`"user_id`":`"u-7`"\}"
    }

    It 'shows a context that came back from a job like one that did not' {
        $context = Use-VigieSpan outer { Get-VigieContext }
        $text = [System.Management.Automation.PSSerializer]::Serialize($context)
        $view = Get-View ([System.Management.Automation.PSSerializer]::Deserialize($text)) $width
        $view[2] | Should -Match "^$($context.TraceId) $($context.SpanId)"
    }

    It 'shows the lowest level that a logger writes' {
        $view = Get-View (Get-VigieLogger shop.cart) $width
        $view[2] | Should -Match '^Trace shop\.cart'
    }

    It 'shows a series of each instrument with its unit' {
        Add-VigieCounter orders_total 3 @{ region = 'eu' }
        Add-VigieHistogram http_request_duration_seconds 0.25 -Unit s
        Add-VigieUpDownCounter connections -2
        $view = Get-View (Get-VigieMetric | Where-Object Name -in 'orders_total', 'http_request_duration_seconds', 'connections') $width
        ($view -match '^orders_total ') | Should -Match 'counter +\d+ +region=eu'
        ($view -match '^http_request_duration_seconds ') | Should -Match 'histogram +n=\d+ sum=[\d.]+ s'
        ($view -match '^connections ') | Should -Match 'up_down_counter -\d+'
    }

    It 'shows the books' {
        Write-VigieLog 'masked' -Attribute @{ password = 'hunter2' }
        $view = Get-View (Get-VigieStatistic) $width
        $view[0] | Should -Match '^ +accepted +delivered +dropped +queued +spooled  output'
        $view[1] | Should -Match '^ +\d+ +\d+ +0 +\d+ +0  file'
        $view[-1] | Should -Match 'redacted \d+, redacted_by key \d+'
    }
}
