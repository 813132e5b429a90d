// Objects of PowerShell's streams as log records: severity by stream, errors with their details.
// Not for capturing the streams: the module's scripts do that.
using System;
using System.Management.Automation;

namespace Vigie
{
    internal static class StreamRecord
    {
        // The severity of an object by its type, or by the stream's name for text; 0 when it is of no stream.
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

        // Writes it with the stream's severity.
        internal static int Write(Logger logger, object given, string stream)
        {
            object value = AttributeJson.Unwrap(given);
            int severity = SeverityOf(value, stream);
            return Write(logger, severity == 0 ? Severity.Info : severity, value, stream, null);
        }

        // Writes it as finished text, with the attributes given and its own.
        internal static int Write(Logger logger, int severity, object value, string stream, object attributes)
        {
            logger = logger ?? Log.Unnamed;
            if (!logger.IsOn(severity))
            {
                return Native.Ok;
            }
            Utf8Buffer json = Utf8Buffer.Take();
            Utf8Buffer error = Utf8Buffer.Take();
            Attributes(json, value, Logger.Evaluate(attributes));
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
                var host = AttributeJson.Unwrap(information.MessageData) as HostInformationMessage;
                return host != null ? host.Message : Plain(information.MessageData);
            }
            return ErrorJson.IsError(value) ? ErrorJson.MessageOf(value) : Plain(value);
        }

        private static string Plain(object value)
        {
            object inside = AttributeJson.Unwrap(value);
            return inside as string ?? (inside == null ? string.Empty : AttributeJson.TextOf(inside));
        }

        // The caller's attributes first, then what the object itself says.
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

        // PSHOST marks what Write-Host wrote; it is kept like every other tag.
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
