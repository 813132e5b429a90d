# Write-VigieLog, loggers and [Vigie.Log]: what is written for what is given.
# Not for values under other cultures (Culture.Tests.ps1), nor for recording that fails (Error.Tests.ps1).

BeforeAll {
    . (Join-Path $PSScriptRoot 'Common.ps1')
    Start-TestVigie
    # Runs a block and gives the log lines that it wrote.
    function Get-Written([scriptblock] $Block) {
        Start-TestVigie | Out-Null
        & $Block
        Get-TestLine -Kind log
    }
}

Describe 'Levels' -Tag Unit {
    It 'writes <Level> as <Expected>' -ForEach @(
        @{ Level = 'Trace'; Expected = 'TRACE' }, @{ Level = 'debug'; Expected = 'DEBUG' }
        @{ Level = 'INFO'; Expected = 'INFO' }, @{ Level = 'Information'; Expected = 'INFO' }
        @{ Level = 'notice'; Expected = 'INFO' }, @{ Level = 'warn'; Expected = 'WARN' }
        @{ Level = 'Warning'; Expected = 'WARN' }, @{ Level = 'error'; Expected = 'ERROR' }
        @{ Level = 'Critical'; Expected = 'FATAL' }, @{ Level = 'Fatal'; Expected = 'FATAL' }
        @{ Level = 1; Expected = 'TRACE' }, @{ Level = 9; Expected = 'INFO' }, @{ Level = '17'; Expected = 'ERROR' }
    ) {
        (Get-Written { Write-VigieLog 'x' -Level $Level }).level | Should -BeExactly $Expected
    }

    It 'takes Info without -Level and Error with an error record' {
        $lines = Get-Written { Write-VigieLog 'x'; Write-VigieLog 'x' -ErrorRecord ([Exception]::new('why')) }
        $lines.level | Should -Be 'INFO', 'ERROR'
    }

    It 'lets -Level win over the error record' {
        (Get-Written { Write-VigieLog 'x' -ErrorRecord ([Exception]::new('why')) -Level Warn }).level | Should -Be 'WARN'
    }

    It 'leaves out what is below the level, and does not run its script block' {
        $null = Start-TestVigie @{ level = 'warn' }
        $ran = [ref] 0
        Write-VigieLog 'no' -Level Info -Attribute { $ran.Value++; @{ a = 1 } }
        Write-VigieLog 'yes' -Level Warn -Attribute { $ran.Value++; @{ a = 1 } }
        [Vigie.Log]::Info('no'); [Vigie.Log]::Error('yes too')
        (Get-TestLine -Kind log).message | Should -Be 'yes', 'yes too'
        $ran.Value | Should -Be 1
    }

    It 'follows the level of a logger' {
        $null = Start-TestVigie @{ level = 'warn'; levels = @{ 'shop.cart' = 'debug' } }
        Write-VigieLog 'no' -Level Debug -Logger shop
        Write-VigieLog 'yes' -Level Debug -Logger shop.cart
        $line = Get-TestLine -Kind log
        $line.message, $line.logger | Should -Be 'yes', 'shop.cart'
        (Get-VigieLogger shop.cart).IsEnabled('Debug') | Should -BeTrue
        (Get-VigieLogger shop).IsEnabled('Debug') | Should -BeFalse
        [Vigie.Log]::IsEnabled('Debug') | Should -BeFalse
        [Vigie.Log]::IsEnabled('Error') | Should -BeTrue
    }

    It 'follows Set-VigieLevel' {
        $null = Start-TestVigie @{ level = 'warn' }
        Set-VigieLevel Debug -Logger shop.cart
        Write-VigieLog 'yes' -Level Debug -Logger shop.cart.items
        Write-VigieLog 'no' -Level Debug -Logger shop
        Set-VigieLevel error
        Write-VigieLog 'no' -Level Warn
        Set-VigieLevel -Logger (Get-VigieLogger shop.cart)
        Write-VigieLog 'no' -Level Info -Logger shop.cart
        Set-VigieLevel
        Write-VigieLog 'as configured' -Level Warn
        (Get-TestLine -Kind log).message | Should -Be 'yes', 'as configured'
        { Set-VigieLevel loud -ErrorAction Stop } | Should -Throw -ErrorId 'Vigie.InvalidArgument*'
    }
}

Describe 'Enrichment' -Tag Unit {
    It 'tells .NET and PowerShell, and variables that only .NET has' {
        $env:FLY_APP_NAME = 'shop'
        try {
            $null = Start-TestVigie @{ enrich = 'runtime', 'cloud' }
            Write-VigieLog 'x'
            $line = Get-TestLine -Kind log
        }
        finally {
            Remove-Item Env:FLY_APP_NAME
        }
        $line.'process.runtime.name' | Should -Match '^\.NET'
        $line.'process.runtime.version' | Should -Match '^\d+\.\d+'
        $line.'process.runtime.description' | Should -BeExactly "PowerShell $($PSVersionTable.PSVersion.Major).$($PSVersionTable.PSVersion.Minor)"
        $line.'cloud.provider' | Should -BeExactly 'fly_io'
    }
}

Describe 'Attributes' -Tag Unit {
    It 'writes <Name> as <Expected>' -ForEach @(
        @{ Name = 'an integer'; Value = { 42 }; Expected = '42' }
        @{ Name = 'the smallest long'; Value = { [long]::MinValue }; Expected = '-9223372036854775808' }
        @{ Name = 'the largest long'; Value = { [long]::MaxValue }; Expected = '9223372036854775807' }
        @{ Name = 'a byte'; Value = { [byte] 255 }; Expected = '255' }
        @{ Name = 'a whole double'; Value = { 1.0 }; Expected = '1.0' }
        @{ Name = 'a double'; Value = { 9.5 }; Expected = '9.5' }
        @{ Name = 'negative zero'; Value = { -0.0 }; Expected = '-0.0' }
        @{ Name = 'a float'; Value = { [single] 0.1 }; Expected = '0.1' }
        @{ Name = 'NaN'; Value = { [double]::NaN }; Expected = '"NaN"' }
        @{ Name = 'infinity'; Value = { [double]::PositiveInfinity }; Expected = '"Infinity"' }
        @{ Name = 'minus infinity'; Value = { [double]::NegativeInfinity }; Expected = '"-Infinity"' }
        @{ Name = 'a decimal'; Value = { 9.50d }; Expected = '"9.50"' }
        @{ Name = 'a number above long'; Value = { [uint64]::MaxValue }; Expected = '"18446744073709551615"' }
        @{ Name = 'a big integer'; Value = { [bigint]::Pow(2, 70) }; Expected = '"1180591620717411303424"' }
        @{ Name = 'true'; Value = { $true }; Expected = 'true' }
        @{ Name = 'null'; Value = { $null }; Expected = 'null' }
        @{ Name = 'a switch'; Value = { [switch] $true }; Expected = 'true' }
        @{ Name = 'a char'; Value = { [char] 'x' }; Expected = '"x"' }
        @{ Name = 'an enum'; Value = { [DayOfWeek]::Friday }; Expected = '"Friday"' }
        @{ Name = 'a UTC date'; Value = { [datetime]::new(2024, 2, 29, 12, 30, 5, [DateTimeKind]::Utc) }; Expected = '"2024-02-29T12:30:05.000000Z"' }
        @{ Name = 'a date with an offset'; Value = { [datetimeoffset]::new(2024, 2, 29, 12, 0, 0, [timespan]::FromHours(2)) }; Expected = '"2024-02-29T10:00:00.000000Z"' }
        @{ Name = 'a time span'; Value = { [timespan]::FromSeconds(90) }; Expected = '"00:01:30"' }
        @{ Name = 'a guid'; Value = { [guid] '0f8fad5b-d9cb-469f-a165-70867728950e' }; Expected = '"0f8fad5b-d9cb-469f-a165-70867728950e"' }
        @{ Name = 'a version'; Value = { [version] '1.2.3' }; Expected = '"1.2.3"' }
        @{ Name = 'a uri'; Value = { [uri] 'http://localhost/a?b=c' }; Expected = '"http://localhost/a?b=c"' }
        @{ Name = 'a type'; Value = { [string] }; Expected = '"System.String"' }
        @{ Name = 'bytes'; Value = { , [byte[]] (1, 2, 3) }; Expected = '"AQID"' }
        @{ Name = 'an array'; Value = { , @(1, 'a', $null) }; Expected = '[1,"a",null]' }
        @{ Name = 'an empty array'; Value = { , @() }; Expected = '[]' }
        @{ Name = 'a nested array'; Value = { , @(, @(1)) }; Expected = '[[1]]' }
        @{ Name = 'a list'; Value = { , [Collections.Generic.List[int]] @(1, 2) }; Expected = '[1,2]' }
        @{ Name = 'a hashtable, sorted'; Value = { @{ b = 1; a = 2 } }; Expected = '{"a":2,"b":1}' }
        @{ Name = 'an ordered dictionary'; Value = { [ordered] @{ b = 1; a = 2 } }; Expected = '{"b":1,"a":2}' }
        @{ Name = 'an object'; Value = { [pscustomobject] @{ b = 1; a = @{ c = 'd' } } }; Expected = '{"b":1,"a":{"c":"d"}}' }
        @{ Name = 'text with quotes'; Value = { "a`"b\c`n" }; Expected = '"a\"b\\c\n"' }
        @{ Name = 'text beyond ASCII'; Value = { [char]::ConvertFromUtf32(0x1F600) + [char] 0xE9 }; Expected = '"' + [char]::ConvertFromUtf32(0x1F600) + [char] 0xE9 + '"' }
        @{ Name = 'a lone surrogate'; Value = { 'a' + [char] 0xD800 + 'b' }; Expected = '"a' + [char] 0xFFFD + 'b"' }
        @{ Name = 'a control character'; Value = { "a$([char] 0x1B)b" }; Expected = '"a\u001bb"' }
        @{ Name = 'an exception'; Value = { [ArgumentException]::new('why') }; Expected = '"System.ArgumentException: why"' }
    ) {
        $value = & $Value
        $lines = Get-Written { Write-VigieLog 'x' -Attribute @{ v = $value }; [Vigie.Log]::Info('x', @{ v = $value }) }
        foreach ($line in $lines) { $line.RawLine | Should -BeLike ('*,"v":{0}}}' -f [WildcardPattern]::Escape($Expected)) -Because $line.RawLine }
        $lines.Count | Should -Be 2
    }

    It 'unwraps what PowerShell wrapped' {
        $wrapped = 5 | Add-Member -NotePropertyName note -NotePropertyValue 1 -PassThru
        $text = 'a' | ForEach-Object { $_ }
        $line = Get-Written { Write-VigieLog 'x' -Attribute @{ n = $wrapped; t = $text; d = (Get-Date '2024-01-02T00:00:00Z') } }
        $line.n | Should -Be 5
        $line.t | Should -BeExactly 'a'
        $line.d | Should -BeExactly '2024-01-02T00:00:00.000000Z'
    }

    It 'takes <Name> for -Attribute' -ForEach @(
        @{ Name = 'an object'; Given = { [pscustomobject] @{ a = 1; b = 2 } } }
        @{ Name = 'an ordered dictionary'; Given = { [ordered] @{ a = 1; b = 2 } } }
        @{ Name = 'a generic dictionary'; Given = { $d = [Collections.Generic.Dictionary[string, int]]::new(); $d['a'] = 1; $d['b'] = 2; $d } }
        @{ Name = 'a script block'; Given = { { @{ a = 1; b = 2 } } } }
        @{ Name = 'a script block that gives an object'; Given = { { [pscustomobject] @{ a = 1; b = 2 } } } }
    ) {
        $given = & $Given
        $line = Get-Written { Write-VigieLog 'sum {a}' -Attribute $given }
        $line.message, $line.a, $line.b | Should -Be 'sum 1', 1, 2
    }

    It 'sees the caller''s variables in a script block' {
        $local = 'here'
        (Get-Written { Write-VigieLog 'x' -Attribute { @{ v = $local } } }).v | Should -Be 'here'
    }

    It 'writes no secret of <Name>' -ForEach @(
        @{ Name = 'a secure string'; Value = { ConvertTo-SecureString 'hunter2' -AsPlainText -Force } }
        @{ Name = 'a credential'; Value = { [pscredential]::new('ada', (ConvertTo-SecureString 'hunter2' -AsPlainText -Force)) } }
        @{ Name = 'a network credential'; Value = { [Net.NetworkCredential]::new('ada', 'hunter2') } }
    ) {
        $line = Get-Written { Write-VigieLog 'x' -Attribute @{ v = (& $Value); list = @(& $Value) } }
        $line.RawLine | Should -Not -BeLike '*hunter2*'
        $line.v | Should -BeLike '*System.*'
    }

    It 'masks by key, in the message too' {
        $line = Get-Written { Write-VigieLog 'in {password}' -Attribute @{ password = 'hunter2'; apiKey = 'k'; deep = @{ client_secret = 's' }; input_tokens = 5 } }
        $line.message | Should -Be 'in [redacted]'
        $line.password, $line.apiKey, $line.deep.client_secret, $line.input_tokens | Should -Be '[redacted]', '[redacted]', '[redacted]', 5
        $line.RawLine | Should -Not -BeLike '*hunter2*'
    }

    It 'masks keys that the configuration adds' {
        $null = Start-TestVigie @{ redact = @{ keys = @('iban') } }
        Write-VigieLog 'x' -Attribute @{ iban = 'DE00' }
        (Get-TestLine -Kind log).iban | Should -Be '[redacted]'
    }

    It 'gives a reserved name an underscore' {
        $line = Get-Written { Write-VigieLog 'real' -Attribute @{ level = 'FATAL'; message = 'forged'; kind = 'span' } }
        $line.level, $line.message, $line.level_, $line.message_, $line.kind_ | Should -Be 'INFO', 'real', 'FATAL', 'forged', 'span'
    }

    It 'keeps line feeds inside the line' {
        $lines = @(Get-Written { Write-VigieLog "a`nb" -Attribute @{ k = "c`r`nd" } })
        $lines.Count | Should -Be 1
        $lines[0].message, $lines[0].k | Should -Be "a`nb", "c`r`nd"
    }
}

Describe 'Hostile values' -Tag Unit {
    It 'ends a value that holds itself' {
        $table = @{ n = 1 }; $table.self = $table
        $list = [Collections.ArrayList] @(1); $null = $list.Add($list)
        $object = [pscustomobject] @{ n = 1; self = $null }; $object.self = $object
        $line = Get-Written { Write-VigieLog 'x' -Attribute @{ t = $table; l = $list; o = $object } }
        $line.t.n, $line.o.n | Should -Be 1, 1
        $line.RawLine.Length | Should -BeLessThan 4000
    }

    It 'survives members that throw' {
        $object = [pscustomobject] @{ ok = 1 }
        $object | Add-Member -MemberType ScriptProperty -Name bad -Value { throw 'no' }
        $text = [pscustomobject] @{ a = 1 }
        $text | Add-Member -MemberType ScriptMethod -Name ToString -Value { throw 'no' } -Force
        $line = Get-Written { Write-VigieLog 'x {o}' -Attribute @{ o = $object; t = $text; last = 2 } }
        $line.o.ok, $line.last | Should -Be 1, 2
    }

    It 'bounds a deep and a wide value' {
        $deep = @{}; 1..300 | ForEach-Object { $deep = @{ d = $deep } }
        $wide = 1..200000
        $line = Get-Written { Write-VigieLog 'x' -Attribute @{ deep = $deep; wide = $wide } }
        $line.message | Should -Be 'x'
        $line.RawLine.Length | Should -BeLessThan 1MB
        $line.RawLine | Should -BeLike '*truncated*'
    }

    It 'bounds a long text' {
        $line = Get-Written { Write-VigieLog 'x' -Attribute @{ t = 'y' * 5MB } }
        $line.t | Should -BeLike '*`[truncated`]'
    }

    It 'writes a whole object graph as its text' {
        $line = Get-Written { Write-VigieLog 'x' -Attribute @{ p = (Get-Process -Id $PID); e = $ExecutionContext; t = [int]; f = (Get-Item $PSHOME) } }
        $line.RawLine.Length | Should -BeLessThan 8000
        $line.t | Should -Be 'System.Int32'
    }

    It 'takes a hashtable that another thread changes' {
        $shared = [hashtable]::Synchronized(@{})
        $job = Start-ThreadJob { $t = $using:shared; for ($i = 0; $i -lt 50000; $i++) { $t["k$($i % 50)"] = $i; $t.Remove("k$(($i + 25) % 50)") } }
        $null = Start-TestVigie
        $n = 0
        while ($job.State -in 'NotStarted', 'Running') { Write-VigieLog 'x' -Attribute @{ inner = $shared }; $n++ }
        $job | Remove-Job -Force
        @(Get-TestLine -Kind log).Count | Should -Be $n
    }
}

Describe 'Messages and templates' -Tag Unit {
    It 'renders holes and keeps the template' {
        $line = Get-Written { Write-VigieLog 'order {order_id} for {amount:.2f}' -Attribute @{ order_id = 42; amount = 9.5 } }
        $line.message, $line.template | Should -Be 'order 42 for 9.50', 'order {order_id} for {amount:.2f}'
        $line.order_id, $line.amount | Should -Be 42, 9.5
    }

    It 'leaves a hole without a value and other braces as they are' {
        (Get-Written { Write-VigieLog 'a {b} {} {{c}}' -Attribute @{ x = 1 } }).message | Should -BeExactly 'a {b} {} {c}'
    }

    It 'never takes data for a template' {
        $line = Get-Written { '{password}' | Write-VigieLog -Attribute @{ password = 'hunter2' } }
        $line.message | Should -BeExactly '{password}'
        $line.PSObject.Properties['template'] | Should -BeNullOrEmpty
    }

    It 'writes a message of another type by its text' {
        (Get-Written { Write-VigieLog 42; Write-VigieLog ([guid]::Empty) }).message | Should -Be '42', '00000000-0000-0000-0000-000000000000'
    }

    It 'takes an empty message' {
        $line = Get-Written { Write-VigieLog '' -Attribute @{ a = 1 } }
        $line.message, $line.a | Should -Be '', 1
    }
}

Describe 'Positional arguments' -Tag Unit {
    It 'binds one argument alone' {
        { Write-VigieLog 'x' @{ a = 1 } -ErrorAction Stop } | Should -Throw
        { Write-VigieLog 'x' 'y' -ErrorAction Stop } | Should -Throw
    }

    It 'takes an error record in the place of the message' {
        $record = try { throw 'why' } catch { $_ }
        $lines = Get-Written { Write-VigieLog $record; Write-VigieLog -Message $record.Exception }
        $lines.level | Should -Be 'ERROR', 'ERROR'
        $lines.message | Should -Be 'why', 'why'
        $lines.error.message | Should -Be 'why', 'why'
    }

    It 'takes a message beside an error record from the pipeline' {
        $record = try { throw 'why' } catch { $_ }
        $line = Get-Written { $record | Write-VigieLog 'failed' }
        $line.level, $line.message, $line.error.message | Should -Be 'ERROR', 'failed', 'why'
    }

    It 'takes -Message with -ErrorRecord' {
        $record = try { throw 'why' } catch { $_ }
        $line = Get-Written { Write-VigieLog -Message 'failed' -ErrorRecord $record }
        $line.message, $line.error.message | Should -Be 'failed', 'why'
    }
}

Describe 'Error records' -Tag Unit {
    It 'writes type, message, stack, cause, id and category' {
        function Invoke-Failing {
            try { throw [InvalidOperationException]::new('inner') }
            catch { throw [ArgumentException]::new('outer', $_.Exception) }
        }
        $line = Get-Written { try { Invoke-Failing } catch { Write-VigieLog 'failed' -ErrorRecord $_ } }
        $line.error.type, $line.error.message | Should -Be 'System.ArgumentException', 'outer'
        $line.error.stack | Should -BeLike '*Invoke-Failing*'
        $line.error.cause.type, $line.error.cause.message | Should -Be 'System.InvalidOperationException', 'inner'
    }

    It 'keeps FullyQualifiedErrorId and category' {
        $line = Get-Written {
            try { Get-Item -LiteralPath '/no/such/file' -ErrorAction Stop } catch { Write-VigieLog 'failed' -ErrorRecord $_ }
        }
        $line.RawLine | Should -BeLike '*"PathNotFound,Microsoft.PowerShell.Commands.GetItemCommand"*'
        $line.RawLine | Should -BeLike '*"ObjectNotFound"*'
    }

    It 'takes a ready-made error' {
        $line = Get-Written { Write-VigieLog 'x' -ErrorRecord @{ type = 'E'; message = 'm'; stack = 's'; cause = @{ type = 'C'; message = 'n' } } }
        $line.error.type, $line.error.stack, $line.error.cause.message | Should -Be 'E', 's', 'n'
    }

    It 'writes the members of an aggregate' {
        $inner = [AggregateException]::new('inner', [Exception]::new('c'))
        $record = [AggregateException]::new('outer', @([ArgumentException]::new('a', 'p'), $inner))
        $line = Get-Written { Write-VigieLog 'x' -ErrorRecord $record }
        $line.error.type | Should -Be 'System.AggregateException'
        $line.error.errors.type | Should -Be 'System.ArgumentException', 'System.AggregateException'
        $line.error.errors[0].attributes.ParamName | Should -Be 'p'
        $line.error.errors[1].errors[0].message | Should -Be 'c'
        $line.error.PSObject.Properties.Name | Should -Not -Contain 'cause' -Because 'it is the first member'
    }

    It 'keeps at most 8 members' {
        $many = [AggregateException]::new([Exception[]] (1..20 | ForEach-Object { [Exception]::new("$_") }))
        $line = Get-Written { Write-VigieLog 'x' -ErrorRecord $many }
        $line.error.errors.message | Should -Be (1..8)
    }

    It 'writes what an error says of itself: properties, Data and notes' {
        $exception = [IO.FileNotFoundException]::new('gone', 'a.txt')
        $exception.Data['attempt'] = 3
        $exception.Data['password'] = 'hunter2'
        $line = Get-Written {
            try { throw $exception } catch { $_ | Add-Member note 'n'; Write-VigieLog 'x' -ErrorRecord $_ }
        }
        $own = $line.error.attributes
        $own.FileName, $own.attempt, $own.password, $own.note | Should -Be 'a.txt', 3, '[redacted]', 'n'
        $own.PSObject.Properties.Name | Should -Be 'FileName', 'attempt', 'password', 'note'
    }

    It 'gives an ordinary error no attributes' {
        $lines = Get-Written {
            try { throw 'why' } catch { Write-VigieLog 'x' -ErrorRecord $_ }
            Write-Error 'shown' -ErrorAction Continue 2>&1 | Write-VigieLog
        }
        $lines.error | ForEach-Object { $_.PSObject.Properties.Name | Should -Not -Contain 'attributes' }
    }

    It 'takes a ready-made error with members and attributes' {
        $given = @{ type = 'G'; errors = @(@{ type = 'M'; attributes = @{ code = 5 } }, 42); attributes = [pscustomobject]@{ a = 1 } }
        $line = Get-Written { Write-VigieLog 'x' -ErrorRecord $given }
        $line.RawLine | Should -BeLike '*"error":{"type":"G","errors":[[]{"type":"M","attributes":{"code":5}}],"attributes":{"a":1}}}*'
    }

    It 'ends a chain of causes' {
        $cause = [Exception]::new('0'); 1..50 | ForEach-Object { $cause = [Exception]::new("$_", $cause) }
        $line = Get-Written { Write-VigieLog 'x' -ErrorRecord $cause }
        $depth = 0; $at = $line.error
        while ($at.PSObject.Properties['cause']) { $at = $at.cause; $depth++ }
        $depth | Should -BeGreaterThan 4
        $depth | Should -BeLessOrEqual 8
    }
}

Describe 'Pipeline' -Tag Unit {
    It 'keeps the severities of *>&1' {
        $lines = Get-Written {
            & {
                'plain'
                Write-Warning 'warned'
                Write-Error 'failed'
                Write-Verbose 'told' -Verbose
                Write-Debug 'bugged' -Debug
                Write-Information 'informed'
                Write-Host 'shown'
            } *>&1 | Write-VigieLog
        }
        $lines.message | Should -Be 'plain', 'warned', 'failed', 'told', 'bugged', 'informed', 'shown'
        $lines.level | Should -Be 'INFO', 'WARN', 'ERROR', 'DEBUG', 'TRACE', 'INFO', 'INFO'
        $lines[2].error.message | Should -Be 'failed'
    }

    It 'lets -Level win' {
        $lines = Get-Written { & { Write-Warning 'a'; 'b' } *>&1 | Write-VigieLog -Level Error }
        $lines.level | Should -Be 'ERROR', 'ERROR'
    }

    It 'takes a dictionary and an object as attributes' {
        $lines = Get-Written { @{ a = 1 }, [pscustomobject] @{ a = 2 } | Write-VigieLog 'got {a}' }
        $lines.message | Should -Be 'got 1', 'got 2'
        $lines.a | Should -Be 1, 2
    }

    It 'takes anything else as the message, or as `input` beside one' {
        $lines = Get-Written { 7, [guid]::Empty | Write-VigieLog; 8 | Write-VigieLog 'counted' }
        $lines.message | Should -Be '7', '00000000-0000-0000-0000-000000000000', 'counted'
        $lines[2].input | Should -Be 8
    }

    It 'adds -Attribute to every record' {
        $lines = Get-Written { 'a', 'b' | Write-VigieLog -Attribute @{ job = 'j' } -Logger pipe }
        $lines.job | Should -Be 'j', 'j'
        $lines.logger | Should -Be 'pipe', 'pipe'
    }

    It 'writes nothing for nothing, and 10 000 for 10 000, in their order' {
        @(Get-Written { @() | Write-VigieLog }).Count | Should -Be 0
        $lines = Get-Written { 1..10000 | Write-VigieLog }
        $lines.Count | Should -Be 10000
        ($lines.message -join ',') -ceq ((1..10000) -join ',') | Should -BeTrue
    }

    It 'stamps each record when it arrives' {
        $lines = Get-Written { 1..3 | ForEach-Object { $_; Start-Sleep -Milliseconds 30 } | Write-VigieLog }
        $times = $lines.timestamp | ForEach-Object { [datetimeoffset] $_ }
        ($times[1] - $times[0]).TotalMilliseconds | Should -BeGreaterThan 20
        ($times[2] - $times[1]).TotalMilliseconds | Should -BeGreaterThan 20
    }

    It 'keeps what came when the pipeline is stopped early' {
        $lines = Get-Written {
            try { 1..5 | ForEach-Object { $_; if ($_ -eq 3) { throw 'stop' } } | Write-VigieLog } catch { $null = $_ }
            1..10 | ForEach-Object { $_ } | Write-VigieLog
        }
        ($lines.message | Select-Object -First 3) | Should -Be '1', '2', '3'
        $lines.Count | Should -Be 13
    }

    It 'writes in the order of other calls' {
        $lines = Get-Written { 1..3 | ForEach-Object { $_; [Vigie.Log]::Info("between $_") } | Write-VigieLog }
        $lines.Count | Should -Be 6
        ($lines | Where-Object message -notlike 'between*').message | Should -Be '1', '2', '3'
    }

    It 'puts each record under the span that was current when it came' {
        $null = Start-TestVigie
        'in', 'out' | ForEach-Object {
            if ($_ -eq 'in') { $s = Start-VigieSpan inner }
            $_
            if ($_ -eq 'in') { Stop-VigieSpan $s }
        } | Write-VigieLog
        $lines = Get-TestLine -Kind log
        $span = Get-TestLine -Kind span
        $lines[0].span_id | Should -Be $span.span_id
        $lines[1].PSObject.Properties['span_id'] | Should -BeNullOrEmpty
    }
}

Describe 'Loggers' -Tag Unit {
    It 'names the logger by name and by object' {
        $logger = Get-VigieLogger shop.cart
        $lines = Get-Written { Write-VigieLog 'a' -Logger shop.cart; Write-VigieLog 'b' -Logger $logger; $logger.Info('c') }
        $lines.logger | Should -Be 'shop.cart', 'shop.cart', 'shop.cart'
    }

    It 'binds attributes without changing the parent' {
        $parent = Get-VigieLogger shop -Attribute @{ a = 1 }
        $child = $parent.Bind(@{ b = 2 })
        $lines = Get-Written { $child.Warn('c', @{ c = 3 }); $parent.Info('p') }
        $lines[0].a, $lines[0].b, $lines[0].c, $lines[0].level | Should -Be 1, 2, 3, 'WARN'
        $lines[1].PSObject.Properties['b'] | Should -BeNullOrEmpty
    }

    It 'stays usable after the module was configured anew' {
        $logger = (Get-VigieLogger shop).Bind(@{ a = 1 })
        $null = Start-TestVigie; $null = Start-TestVigie
        $logger.Error('x', $null)
        $line = Get-TestLine -Kind log
        $line.logger, $line.a | Should -Be 'shop', 1
    }

    It 'has a method for each level, on the logger and on [Vigie.Log]' {
        $names = 'Trace', 'Debug', 'Info', 'Warn', 'Error', 'Fatal'
        $logger = Get-VigieLogger l
        $lines = Get-Written { foreach ($n in $names) { $logger.$n($n); $logger.$n($n, @{ a = 1 }); [Vigie.Log]::$n($n); [Vigie.Log]::$n($n, @{ a = 1 }) } }
        $lines.Count | Should -Be 24
        foreach ($line in $lines) { $line.level | Should -Be $line.message.ToUpperInvariant() }
        $lines = Get-Written { $logger.Write('Warning', 'w', @{ a = 1 }); [Vigie.Log]::Write(21, 'f', $null) }
        $lines.level | Should -Be 'WARN', 'FATAL'
    }
}
