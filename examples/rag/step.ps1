# The PowerShell step: reads an answer from standard input, counts its tokens, scores it, prints JSON.
#
# It knows nothing of its caller. The trace that it continues stands in TRACEPARENT, and VIGIE_SERVICE and
# VIGIE_OUTPUTS say where its lines go. Exit code 3: there was nothing to score.

Import-Module Vigie -ErrorAction Stop

$emptyAnswer = 3
$flushSeconds = 5
$language = @{ 'telemetry.sdk.language' = 'powershell' }
$code = 0

Use-VigieSpan 'score answer' -Attribute $language {
    Write-VigieLog 'step started' -Attribute $language
    $words = [regex]::Matches([Console]::In.ReadToEnd(), '[0-9A-Za-z_]+')
    if ($words.Count -eq 0) {
        $failure = @{ type = 'EmptyAnswer'; message = 'the answer holds no token' }
        Write-VigieLog 'nothing to score' -Level Error
        Set-VigieSpan -ErrorRecord $failure -Status Error -StatusMessage $failure.message
        [Console]::Error.WriteLine($failure.message)
        $code = $emptyAnswer
        return
    }
    $score = [ordered]@{ tokens = $words.Count; letters = ($words | Measure-Object -Property Length -Sum).Sum }
    $score.letters = [long] $score.letters
    Set-VigieSpan $score -Status Ok
    Write-VigieLog 'answer of {tokens} tokens scored' -Attribute $score
    Add-VigieCounter rag_answer_tokens_total $score.tokens -Attribute @{ step = 'powershell' }
    ConvertTo-Json $score -Compress
}
if (-not (Stop-Vigie -Timeout $flushSeconds -PassThru) -and $code -eq 0) {
    [Console]::Error.WriteLine("some telemetry was not written within $flushSeconds s")
    $code = 1
}
exit $code
