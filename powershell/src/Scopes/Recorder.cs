// The list that a stream capture gives to -ErrorVariable, -WarningVariable and -InformationVariable: it records what
// is added to it and keeps nothing. Not for verbose and debug, which have no such variable: see Vigie/Capture.ps1.
using System;
using System.Collections.ObjectModel;
using System.Management.Automation;

namespace Vigie
{
    /// <summary>Records the stream records that are added to it, while no recorder within it is open.</summary>
    public sealed class Recorder : Collection<object>
    {
        private readonly Recorder outer;
        private Exception last;
        private bool paused;

        /// <summary>Opens a recorder within another (or null), which pauses until this one is closed.</summary>
        public Recorder(object outer)
        {
            this.outer = HostValue.Unwrap(outer) as Recorder;
            if (this.outer != null)
            {
                this.outer.paused = true;
            }
        }

        /// <summary>Lets the outer recorder go on.</summary>
        public void Close()
        {
            if (outer != null)
            {
                // The error that ends this capture is added to the outer one next, and must not be recorded twice.
                outer.last = last;
                outer.paused = false;
            }
        }

        /// <summary>Records one record of a stream.</summary>
        public void Record(object item)
        {
            object record = HostValue.Unwrap(item);
            // -ErrorAction Stop adds this exception after the error itself, which is recorded already.
            if (paused || record is ActionPreferenceStopException)
            {
                return;
            }
            IContainsErrorRecord holder = record as IContainsErrorRecord;
            ErrorRecord error = holder == null ? record as ErrorRecord : holder.ErrorRecord;
            if (error == null)
            {
                Scope.Stream(record, Stream(record));
                return;
            }
            // An error is added again by every command that it passes through on its way out.
            if (!ReferenceEquals(error.Exception, last))
            {
                last = error.Exception;
                Scope.Stream(error, "Error");
            }
        }

        /// <inheritdoc/>
        protected override void InsertItem(int index, object item)
        {
            Record(item);
        }

        private static string Stream(object record)
        {
            return record is WarningRecord ? "Warning"
                : record is VerboseRecord ? "Verbose"
                : record is DebugRecord ? "Debug"
                : "Information";
        }
    }
}
