// What a stream capture hands to -ErrorVariable, -WarningVariable and -InformationVariable: a list that records
// what is added to it and keeps nothing. Not for verbose and debug, which have no such variable (Capture.ps1).
using System;
using System.Collections.ObjectModel;
using System.Management.Automation;

namespace Vigie
{
    public sealed class Recorder : Collection<object>
    {
        private Exception last;

        // True while a capture within this one is open: only the innermost records.
        public bool Paused { get; set; }

        public void Record(object item)
        {
            PSObject wrapped = item as PSObject;
            object record = wrapped == null ? item : wrapped.BaseObject;
            // -ErrorAction Stop adds this one after the error that it stands for.
            if (Paused || record is ActionPreferenceStopException)
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
            // Every command on an error's way out adds it again.
            if (!ReferenceEquals(error.Exception, last))
            {
                last = error.Exception;
                Scope.Stream(error, "Error");
            }
        }

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
