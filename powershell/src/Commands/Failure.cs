// What went wrong, as PowerShell says it: set-up errors for the caller, one warning per reason while recording.
// Not for deciding what is an error: the library's codes do.
using System;
using System.Collections.Generic;
using System.Management.Automation;
using System.Text;

namespace Vigie
{
    /// <summary>An error that the library reported, with its stable id.</summary>
    public sealed class VigieException : Exception
    {
        internal VigieException(string id, ErrorCategory category, string message) : base(message)
        {
            Id = id;
            Category = category;
        }

        /// <summary>The error id, such as Vigie.InvalidConfiguration.</summary>
        public string Id { get; private set; }

        internal ErrorCategory Category { get; private set; }

        internal ErrorRecord Record(object target)
        {
            return new ErrorRecord(this, Id, Category, target);
        }
    }

    internal static unsafe class Failure
    {
        private static readonly HashSet<string> Told = new HashSet<string>();

        // The text of this thread's last failed call.
        internal static VigieException Of(int code)
        {
            int length = checked((int)Native.vigie_last_error(null, UIntPtr.Zero));
            var text = new byte[length + 1];
            fixed (byte* bytes = text)
            {
                Native.vigie_last_error(bytes, (UIntPtr)(uint)length);
            }
            return new VigieException(IdOf(code), CategoryOf(code), Encoding.UTF8.GetString(text, 0, length));
        }

        internal static VigieException NoSpan()
        {
            return new VigieException("Vigie.NoSpan", ErrorCategory.ObjectNotFound, "no span is current in this runspace; start one with Start-VigieSpan or Use-VigieSpan, or name it by -Span");
        }

        // A failed recording call: an error record only when this very call asked for one by -ErrorAction, else one warning a
        // reason. Preference variables of the caller, Stop above all, must not turn telemetry into an exception.
        internal static void Report(PSCmdlet cmdlet, int code)
        {
            if (code >= Native.Ok)
            {
                return;
            }
            Report(cmdlet, Of(code));
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
                // Closed once is closed for every record; anything else is told by its whole text.
                if (Told.Count > 256 || !Told.Add(failure.Id + failure.Message))
                {
                    return;
                }
            }
            if (Ends(cmdlet))
            {
                // $WarningPreference = 'Stop' is about the caller's own warnings. An exception of WriteWarning cannot be
                // taken back: the pipeline remembers it.
                cmdlet.Host.UI.WriteWarningLine(failure.Message);
                return;
            }
            cmdlet.WriteWarning(failure.Message);
        }

        // Whether a warning would end or hold up the caller because of a preference variable.
        private static bool Ends(PSCmdlet cmdlet)
        {
            ActionPreference preference;
            return !cmdlet.MyInvocation.BoundParameters.ContainsKey("WarningAction")
                && LanguagePrimitives.TryConvertTo(cmdlet.GetVariableValue("WarningPreference"), out preference)
                && (preference == ActionPreference.Stop || preference == ActionPreference.Inquire);
        }

        private static string IdOf(int code)
        {
            switch (code)
            {
                case Native.ConfigError: return "Vigie.InvalidConfiguration";
                case Native.AlreadyError: return "Vigie.AlreadyInitialized";
                case Native.ArgumentError: return "Vigie.InvalidArgument";
                case Native.JsonError: return "Vigie.InvalidValue";
                case Native.HandleError: return "Vigie.Ended";
                case Native.ClosedError: return "Vigie.Closed";
                case Native.TimeoutError: return "Vigie.Timeout";
                default: return "Vigie.Failed";
            }
        }

        private static ErrorCategory CategoryOf(int code)
        {
            switch (code)
            {
                case Native.ConfigError:
                case Native.ArgumentError:
                case Native.JsonError: return ErrorCategory.InvalidArgument;
                case Native.AlreadyError: return ErrorCategory.ResourceExists;
                case Native.HandleError:
                case Native.ClosedError: return ErrorCategory.ObjectNotFound;
                case Native.TimeoutError: return ErrorCategory.OperationTimeout;
                default: return ErrorCategory.NotSpecified;
            }
        }
    }
}
