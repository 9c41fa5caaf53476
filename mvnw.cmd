@echo off
rem Runs Maven: the one on the PATH when it is new enough, else the version named in
rem .mvn\wrapper\maven-wrapper.properties, fetched once from the repository named there, or from MVNW_REPOURL if that is set.
setlocal
set "MVNW_HOME=%~dp0"
set "MVNW_MVN="
for /f "usebackq delims=" %%M in (`powershell -NoProfile -ExecutionPolicy Bypass -Command "$home_ = $env:MVNW_HOME; $script = [IO.File]::ReadAllText((Join-Path $home_ 'mvnw.cmd')); Invoke-Expression ($script.Substring($script.LastIndexOf('#POWERSHELL#')))"`) do set "MVNW_MVN=%%M"
if not defined MVNW_MVN exit /b 1
call "%MVNW_MVN%" %*
exit /b %ERRORLEVEL%

#POWERSHELL#
$ErrorActionPreference = 'Stop'
function Fail($message) { [Console]::Error.WriteLine('mvnw: ' + $message); exit 1 }
$properties = ConvertFrom-StringData ([IO.File]::ReadAllText((Join-Path $home_ '.mvn\wrapper\maven-wrapper.properties')))
$minimum = $properties.mavenMinimum
$version = $properties.mavenVersion
$installed = ''
$mvn = Get-Command mvn.cmd -ErrorAction SilentlyContinue | Select-Object -First 1
if ($mvn) {
  $text = (& $mvn.Source -v 2>$null) -join ' '
  if ($text -match 'Apache Maven (\d+\.\d+\.\d+)') {
    $installed = $Matches[1]
    if ([Version]$installed -ge [Version]$minimum) { $mvn.Source; exit 0 }
  }
}
$user = if ($env:MAVEN_USER_HOME) { $env:MAVEN_USER_HOME } else { Join-Path $env:USERPROFILE '.m2' }
$directory = Join-Path $user "wrapper\apache-maven-$version"
$command = Join-Path $directory 'bin\mvn.cmd'
if (-not (Test-Path $command)) {
  $found = if ($installed) { " (found $installed)" } else { '' }
  $remedy = "install Maven $minimum or newer$found, or set MVNW_REPOURL to the address of a Maven repository that can be reached"
  $repository = if ($env:MVNW_REPOURL) { $env:MVNW_REPOURL } else { $properties.mavenRepository }
  $url = $repository.TrimEnd('/') + "/org/apache/maven/apache-maven/$version/apache-maven-$version-bin.zip"
  $work = "$directory." + [Guid]::NewGuid()
  New-Item -ItemType Directory -Path $work | Out-Null
  try {
    $archive = Join-Path $work 'maven.zip'
    $ProgressPreference = 'SilentlyContinue'
    try { Invoke-WebRequest -UseBasicParsing -Uri $url -OutFile $archive } catch { Fail "could not fetch ${url}: $($_.Exception.Message); $remedy" }
    if ((Get-FileHash -Algorithm SHA512 $archive).Hash -ne $properties.zipSha512) {
      Fail "the checksum of $url is not the one in .mvn\wrapper\maven-wrapper.properties; nothing was installed."
    }
    Expand-Archive $archive $work
    # Another mvnw may have been faster; its result is as good as ours.
    if (-not (Test-Path $command)) { Move-Item (Join-Path $work "apache-maven-$version") $directory }
  } finally { Remove-Item -Recurse -Force $work }
}
$command
