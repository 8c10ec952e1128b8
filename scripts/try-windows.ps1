# Runs the first commands of a user on Windows: scripts/try-windows.ps1 PATH-TO-rolecall.exe. Fails at the first wrong
# result. It needs no network and no AWS account.
param([Parameter(Mandatory)][string] $Program)
$ErrorActionPreference = 'Stop'
# Test-Command judges exit codes itself.
$PSNativeCommandUseErrorActionPreference = $false

$program = (Resolve-Path $Program).Path
$folder = Join-Path ([IO.Path]::GetTempPath()) ([IO.Path]::GetRandomFileName())
New-Item -ItemType Directory $folder | Out-Null

# The user's files, under the environment variables that the AWS CLI reads.
$env:USERPROFILE = $folder
$env:AWS_EC2_METADATA_DISABLED = 'true'
$aws = New-Item -ItemType Directory (Join-Path $folder '.aws')
Set-Content (Join-Path $aws 'config') "[profile user]`nregion = eu-west-1"
Set-Content (Join-Path $aws 'credentials') "[user]`naws_access_key_id = AKIDEXAMPLE`naws_secret_access_key = secret"

function Test-Command([string] $Name, [int] $ExitCode, [string] $Pattern, [string[]] $Arguments) {
    $output = & $program @Arguments 2>&1 | Out-String
    if ($LASTEXITCODE -ne $ExitCode) { throw "${Name}: exit code $LASTEXITCODE instead of ${ExitCode}: $output" }
    if ($output -notmatch $Pattern) { throw "${Name}: unexpected output: $output" }
    Write-Output "passed: $Name"
}

Test-Command '--version' 0 '^rolecall \d+\.\d+\.\d+ \(bun [\d.]+, windows-' @('--version')
Test-Command 'explain' 0 'AKIDEXAMPLE|credentials' @('explain', '-p', 'user')
Test-Command 'export' 0 '"AccessKeyId": ?"AKIDEXAMPLE"' @('export', '-p', 'user')
Test-Command 'profiles' 0 'user' @('profiles')
Test-Command 'exec by name' 0 'AKIDEXAMPLE' @('exec', '-p', 'user', '--', 'cmd', '/c', 'echo %AWS_ACCESS_KEY_ID%')
Test-Command 'exec passes the exit code' 7 '' @('exec', '-p', 'user', '--', 'cmd', '/c', 'exit 7')
Test-Command 'exec of a missing command' 127 'error\[' @('exec', '-p', 'user', '--', 'no-such-command')
Remove-Item -Recurse $folder
