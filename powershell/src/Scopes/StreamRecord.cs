// Writes objects of PowerShell's streams as log records: the stream gives the severity, errors bring their details.
// Not for capturing the streams: see Vigie/Capture.ps1.
using System;
using System.Management.Automation;

namespace Vigie
{
    internal static class StreamRecord
    {
        // The severity by the object's type, or by the name of the stream that a text came from; 0 when neither tells.
        internal static int SeverityOf(object value, string stream)
        {
            if (value is ErrorRecord || value is Exception || Is(stream, "Error")) { return Severity.Error; }
            if (value is WarningRecord || Is(stream, "Warning")) { return Severity.Warn; }
            if (value is VerboseRecord || Is(stream, "Verbose")) { return Severity.Debug; }
            if (value is DebugRecord || Is(stream, "Debug")) { return Severity.Trace; }
            return value is InformationRecord || Is(stream, "Information") ? Severity.Info : 0;
        }

        private static bool Is(string stream, string name)
        {
            return string.Equals(stream, name, StringComparison.OrdinalIgnoreCase);
        }

        // Writes an object with the severity of its stream.
        internal static int Write(Logger logger, object given, string stream)
        {
            object value = HostValue.Unwrap(given);
            int severity = SeverityOf(value, stream);
            return Write(logger, severity == 0 ? Severity.Info : severity, value, stream, null);
        }

        // Writes an object as finished text, with the attributes that were given and those of the object.
        internal static int Write(Logger logger, int severity, object value, string stream, object attributes)
        {
            logger = logger ?? Log.Unnamed;
            if (!logger.IsOn(severity))
            {
                return Native.Ok;
            }
            Utf8Buffer json = Utf8Buffer.Take();
            Utf8Buffer error = Utf8Buffer.Take();
            Attributes(json, value, AttributeJson.Evaluate(attributes));
            if (ErrorJson.IsError(value))
            {
                ErrorJson.Write(error, value);
            }
            int code = logger.Text(severity, MessageOf(value), json, error);
            error.Give();
            json.Give();
            return code;
        }

        private static string MessageOf(object value)
        {
            var information = value as InformationRecord;
            if (information != null)
            {
                var host = HostValue.Unwrap(information.MessageData) as HostInformationMessage;
                return host != null ? host.Message : Plain(information.MessageData);
            }
            return ErrorJson.IsError(value) ? ErrorJson.MessageOf(value) : Plain(value);
        }

        private static string Plain(object value)
        {
            object inside = HostValue.Unwrap(value);
            return inside as string ?? (inside == null ? string.Empty : HostValue.TextOf(inside));
        }

        // Writes the attributes that were given, then those of the object: tags, or error id and category.
        internal static void Attributes(Utf8Buffer to, object value, object given)
        {
            AttributeJson.Write(to, given);
            bool empty = to.Length <= 2;
            if (empty)
            {
                to.Length = 0;
                to.Byte((byte)'{');
            }
            else
            {
                to.Length--;
                to.Byte((byte)',');
            }
            int before = to.Length;
            var information = value as InformationRecord;
            if (information != null && information.Tags.Count > 0)
            {
                to.Ascii("\"tags\":");
                Tags(to, information);
            }
            else
            {
                ErrorJson.Attributes(to, value);
            }
            if (to.Length == before && !empty)
            {
                to.Length--;
            }
            to.Byte((byte)'}');
        }

        // The tag PSHOST, which Write-Host sets, is kept like every other one.
        private static void Tags(Utf8Buffer to, InformationRecord information)
        {
            to.Byte((byte)'[');
            for (int i = 0; i < information.Tags.Count; i++)
            {
                if (i > 0)
                {
                    to.Byte((byte)',');
                }
                to.Json(information.Tags[i] ?? string.Empty);
            }
            to.Byte((byte)']');
        }
    }
}
