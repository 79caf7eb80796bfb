; The installer for Windows: for one person, without an administrator, in place over an older version.
; Made by `cargo xtask bundle windows`, which passes FOLDER (the files), VERSION and OUT (the installer).
;
;   setup.exe /S               silently
;   setup.exe /S /UPDATE /ARGS ... silently, and starts the app again with these words: the app's own updates
;   uninstall.exe /S           silently; the backups, the catalogue and the settings stay
;   uninstall.exe /S /PURGE    silently; the catalogue, the settings and the logs go too, the backups stay

; Debian's NSIS makes installers of 64 bits, too, which a Wine without 32 bits runs. The one for Windows makes 32 bits.
!ifdef TARGET
    Target ${TARGET}
!endif
Unicode true
ManifestDPIAware true
ManifestSupportedOS all
RequestExecutionLevel user
SetCompressor /SOLID lzma

!include MUI2.nsh
!include FileFunc.nsh
!include LogicLib.nsh

!define NAME "Holdfast"
!define ID "dev.holdfast.desktop"
!define UNINSTALL "Software\Microsoft\Windows\CurrentVersion\Uninstall\${ID}"
!define RUN "Software\Microsoft\Windows\CurrentVersion\Run"

Name "${NAME}"
OutFile "${OUT}"
InstallDir "$LOCALAPPDATA\Programs\${NAME}"
InstallDirRegKey HKCU "${UNINSTALL}" "InstallLocation"
BrandingText "${NAME} ${VERSION}"
VIProductVersion "${VERSION}.0"
VIAddVersionKey ProductName "${NAME}"
VIAddVersionKey FileDescription "Installs ${NAME}"
VIAddVersionKey FileVersion "${VERSION}"
VIAddVersionKey ProductVersion "${VERSION}"
VIAddVersionKey LegalCopyright "MIT or Apache-2.0"

!define MUI_ICON "${FOLDER}\icon.ico"
!define MUI_UNICON "${FOLDER}\icon.ico"
!define MUI_FINISHPAGE_RUN "$INSTDIR\holdfast-desktop.exe"
!insertmacro MUI_PAGE_LICENSE "${FOLDER}\LICENSE-MIT.txt"
!insertmacro MUI_PAGE_DIRECTORY
!insertmacro MUI_PAGE_INSTFILES
!insertmacro MUI_PAGE_FINISH
!insertmacro MUI_UNPAGE_CONFIRM
!insertmacro MUI_UNPAGE_COMPONENTS
!insertmacro MUI_UNPAGE_INSTFILES
!insertmacro MUI_LANGUAGE "English"

; A program that runs holds its files: it is asked to end its work and quit, and has half a minute for that.
!macro QuitRunning
    ${If} ${FileExists} "$INSTDIR\holdfast-desktop.exe"
        ExecWait '"$INSTDIR\holdfast-desktop.exe" --quit' $0
        StrCpy $1 0
        ${DoWhile} $1 < 60
            ClearErrors
            FileOpen $2 "$INSTDIR\holdfast-desktop.exe" a
            ${IfNot} ${Errors}
                FileClose $2
                ${ExitDo}
            ${EndIf}
            Sleep 500
            IntOp $1 $1 + 1
        ${Loop}
        ${If} $1 = 60
            MessageBox MB_OK|MB_ICONEXCLAMATION "${NAME} is still running. Quit it in its tray icon, then try again." /SD IDOK
            SetErrorLevel 2
            Quit
        ${EndIf}
    ${EndIf}
!macroend

Section "Holdfast" Main
    SectionIn RO
    !insertmacro QuitRunning
    SetOutPath "$INSTDIR"
    File "${FOLDER}\holdfast-desktop.exe"
    File "${FOLDER}\holdfast.exe"
    File "${FOLDER}\WebView2Loader.dll"
    File "${FOLDER}\icon.ico"
    File "${FOLDER}\LICENSE-MIT.txt"
    File "${FOLDER}\LICENSE-APACHE.txt"
    File "${FOLDER}\NOTICES.txt"
    WriteUninstaller "$INSTDIR\uninstall.exe"
    CreateShortcut "$SMPROGRAMS\${NAME}.lnk" "$INSTDIR\holdfast-desktop.exe" "" "$INSTDIR\icon.ico"

    ; Notifications bear this name and picture:
    ; https://learn.microsoft.com/windows/apps/develop/notifications/app-notifications/send-local-toast-other-apps
    WriteRegStr HKCU "Software\Classes\AppUserModelId\${ID}" "DisplayName" "${NAME}"
    WriteRegStr HKCU "Software\Classes\AppUserModelId\${ID}" "IconUri" "$INSTDIR\icon.ico"

    WriteRegStr HKCU "${UNINSTALL}" "DisplayName" "${NAME}"
    WriteRegStr HKCU "${UNINSTALL}" "DisplayVersion" "${VERSION}"
    WriteRegStr HKCU "${UNINSTALL}" "DisplayIcon" "$INSTDIR\icon.ico"
    WriteRegStr HKCU "${UNINSTALL}" "Publisher" "${NAME}"
    WriteRegStr HKCU "${UNINSTALL}" "InstallLocation" "$INSTDIR"
    WriteRegStr HKCU "${UNINSTALL}" "UninstallString" '"$INSTDIR\uninstall.exe"'
    WriteRegStr HKCU "${UNINSTALL}" "QuietUninstallString" '"$INSTDIR\uninstall.exe" /S'
    WriteRegDWORD HKCU "${UNINSTALL}" "NoModify" 1
    WriteRegDWORD HKCU "${UNINSTALL}" "NoRepair" 1
    ${GetSize} "$INSTDIR" "/S=0K" $0 $1 $2
    WriteRegDWORD HKCU "${UNINSTALL}" "EstimatedSize" $0

    ; The window is drawn by WebView2, which Windows 11 has and Windows 10 may lack:
    ; https://learn.microsoft.com/microsoft-edge/webview2/concepts/distribution
    ReadRegStr $0 HKLM "SOFTWARE\WOW6432Node\Microsoft\EdgeUpdate\Clients\{F3017226-FE2A-4295-8BDF-00C3A9A7E4C5}" "pv"
    ${If} $0 == ""
        ReadRegStr $0 HKCU "Software\Microsoft\EdgeUpdate\Clients\{F3017226-FE2A-4295-8BDF-00C3A9A7E4C5}" "pv"
    ${EndIf}
    ${If} $0 == ""
        MessageBox MB_YESNO|MB_ICONINFORMATION "${NAME} needs Microsoft's WebView2 to show its window, which this computer does not have yet. Open the page where Microsoft offers it?" /SD IDNO IDNO NoPage
        ExecShell "open" "https://developer.microsoft.com/microsoft-edge/webview2/consumer"
        NoPage:
    ${EndIf}
SectionEnd

; The app updates itself: it has ended, and wants to be started again as it was.
Function .onInstSuccess
    ${GetParameters} $0
    ClearErrors
    ${GetOptions} $0 "/UPDATE" $1
    ${IfNot} ${Errors}
        ${GetOptions} $0 "/ARGS" $1
        Exec '"$INSTDIR\holdfast-desktop.exe" $1'
    ${EndIf}
FunctionEnd

Section "un.Holdfast" UnMain
    SectionIn RO
    !insertmacro QuitRunning
    Delete "$INSTDIR\holdfast-desktop.exe"
    Delete "$INSTDIR\holdfast.exe"
    Delete "$INSTDIR\WebView2Loader.dll"
    Delete "$INSTDIR\icon.ico"
    Delete "$INSTDIR\LICENSE-MIT.txt"
    Delete "$INSTDIR\LICENSE-APACHE.txt"
    Delete "$INSTDIR\NOTICES.txt"
    Delete "$INSTDIR\uninstall.exe"
    ; Only where nothing else is in it.
    RMDir "$INSTDIR"
    Delete "$SMPROGRAMS\${NAME}.lnk"
    DeleteRegKey HKCU "Software\Classes\AppUserModelId\${ID}"
    DeleteRegKey HKCU "${UNINSTALL}"
    DeleteRegValue HKCU "${RUN}" "${NAME}"
SectionEnd

Section /o "un.Catalogue, settings and logs of this computer (backups stay)" UnData
    RMDir /r "$LOCALAPPDATA\${NAME}"
SectionEnd

Function un.onInit
    ${GetParameters} $0
    ClearErrors
    ${GetOptions} $0 "/PURGE" $1
    ${IfNot} ${Errors}
        SectionGetFlags ${UnData} $2
        IntOp $2 $2 | ${SF_SELECTED}
        SectionSetFlags ${UnData} $2
    ${EndIf}
FunctionEnd
