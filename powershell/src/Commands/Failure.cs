// Tells the caller of a command that a record was not taken: by an error record if the call asked for one, else by one
// warning for each reason.
using System.Collections.Generic;
using System.Management.Automation;

namespace Vigie
{
    internal static class Failure
    {
        private static readonly HashSet<string> Told = new HashSet<string>();

        internal static VigieException NoSpan()
        {
            return new VigieException("Vigie.NoSpan", ErrorCategory.ObjectNotFound, "no span is current in this runspace; start one with Start-VigieSpan or Use-VigieSpan, or name it by -Span");
        }

        // A call asks for an error record by -ErrorAction. Preference variables of the caller do not count, because 'Stop'
        // would turn a failure of telemetry into an exception.
        internal static void Report(PSCmdlet cmdlet, int code)
        {
            if (code >= Native.Ok)
            {
                return;
            }
            Report(cmdlet, VigieException.Of(code));
        }

        internal static void Report(PSCmdlet cmdlet, VigieException failure)
        {
            if (cmdlet.MyInvocation.BoundParameters.ContainsKey("ErrorAction"))
            {
                cmdlet.WriteError(failure.Record(null));
                return;
            }
            lock (Told)
            {
                // Each reason is told once. The text tells reasons apart; the bound keeps the set from growing without end.
                if (Told.Count > 256 || !Told.Add(failure.Id + failure.Message))
                {
                    return;
                }
            }
            if (Ends(cmdlet))
            {
                // $WarningPreference = 'Stop' is about the caller's own warnings. WriteWarning would throw then, and to
                // catch its exception does not help: the pipeline remembers it.
                cmdlet.Host.UI.WriteWarningLine(failure.Message);
                return;
            }
            cmdlet.WriteWarning(failure.Message);
        }

        // Whether a preference variable makes a warning end the caller, or ask and wait.
        private static bool Ends(PSCmdlet cmdlet)
        {
            ActionPreference preference;
            return !cmdlet.MyInvocation.BoundParameters.ContainsKey("WarningAction")
                && LanguagePrimitives.TryConvertTo(cmdlet.GetVariableValue("WarningPreference"), out preference)
                && (preference == ActionPreference.Stop || preference == ActionPreference.Inquire);
        }
    }
}
