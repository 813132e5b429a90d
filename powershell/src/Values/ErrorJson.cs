// Writes errors as the document {type, message, stack, cause}, and what only PowerShell knows of them as attributes.
using System;
using System.Collections;
using System.Management.Automation;

namespace Vigie
{
    internal static class ErrorJson
    {
        // As many causes as the error object of the schema holds.
        private const int DeepestCause = 8;

        // Whether `value` is an ErrorRecord or an Exception, wrapped or not.
        internal static bool IsError(object value)
        {
            object inside = HostValue.Unwrap(value);
            return inside is ErrorRecord || inside is Exception;
        }

        // Writes the error document of an ErrorRecord, an Exception or a ready-made dictionary.
        internal static void Write(Utf8Buffer to, object error)
        {
            int start = to.Length;
            try
            {
                Unguarded(to, error);
            }
            catch (Exception failure)
            {
                to.Length = start;
                Plain(to, "[error threw] " + HostValue.MessageOf(failure));
            }
        }

        private static void Unguarded(Utf8Buffer to, object error)
        {
            object value = HostValue.Unwrap(error);
            ErrorRecord record = value as ErrorRecord;
            Exception exception = record != null ? record.Exception : value as Exception;
            if (exception != null)
            {
                string stack = record != null ? record.ScriptStackTrace : null;
                Write(to, exception, stack ?? StackOf(exception), DeepestCause);
                return;
            }
            if (value is IDictionary)
            {
                ReadyMade(to, (IDictionary)value, DeepestCause);
                return;
            }
            Plain(to, value == null ? string.Empty : HostValue.TextOf(value));
        }

        private static void Plain(Utf8Buffer to, string message)
        {
            to.Ascii("{\"message\":");
            to.Json(message);
            to.Byte((byte)'}');
        }

        private static string StackOf(Exception exception)
        {
            try
            {
                return exception.StackTrace;
            }
            catch (Exception)
            {
                return null;
            }
        }

        // The message of a record that consists of nothing but an error.
        internal static string MessageOf(object error)
        {
            object value = HostValue.Unwrap(error);
            ErrorRecord record = value as ErrorRecord;
            if (record != null && record.ErrorDetails != null && !string.IsNullOrEmpty(record.ErrorDetails.Message))
            {
                return record.ErrorDetails.Message;
            }
            Exception exception = record != null ? record.Exception : value as Exception;
            if (exception != null)
            {
                return HostValue.MessageOf(exception);
            }
            IDictionary readyMade = value as IDictionary;
            if (readyMade != null)
            {
                return ReadyMadeMessage(readyMade);
            }
            return value == null ? string.Empty : HostValue.TextOf(value);
        }

        private static string ReadyMadeMessage(IDictionary error)
        {
            try
            {
                return HostValue.TextOf(error["message"] ?? string.Empty);
            }
            catch (Exception)
            {
                return string.Empty;
            }
        }

        // Writes what an ErrorRecord says beside its exception as members of a JSON object that is open.
        internal static bool Attributes(Utf8Buffer to, object error)
        {
            ErrorRecord record = HostValue.Unwrap(error) as ErrorRecord;
            if (record == null)
            {
                return false;
            }
            to.Ascii("\"error.id\":");
            to.Json(record.FullyQualifiedErrorId ?? string.Empty);
            to.Ascii(",\"error.category\":");
            to.Json(record.CategoryInfo.Category.ToString());
            return true;
        }

        private static void Write(Utf8Buffer to, Exception exception, string stack, int deeper)
        {
            to.Ascii("{\"type\":");
            to.Json(exception.GetType().FullName ?? exception.GetType().Name);
            to.Ascii(",\"message\":");
            to.Json(HostValue.MessageOf(exception));
            if (!string.IsNullOrEmpty(stack))
            {
                to.Ascii(",\"stack\":");
                to.Json(stack);
            }
            if (exception.InnerException != null && deeper > 1)
            {
                to.Ascii(",\"cause\":");
                Write(to, exception.InnerException, StackOf(exception.InnerException), deeper - 1);
            }
            to.Byte((byte)'}');
        }

        private static void ReadyMade(Utf8Buffer to, IDictionary error, int deeper)
        {
            to.Byte((byte)'{');
            bool first = true;
            foreach (string part in new[] { "type", "message", "stack" })
            {
                object text = HostValue.Unwrap(error[part]);
                if (text != null)
                {
                    Name(to, ref first, part);
                    to.Json(text as string ?? HostValue.TextOf(text));
                }
            }
            IDictionary cause = HostValue.Unwrap(error["cause"]) as IDictionary;
            // One cause more than the core keeps, so that it is the core that cuts.
            if (cause != null && deeper >= 0)
            {
                Name(to, ref first, "cause");
                ReadyMade(to, cause, deeper - 1);
            }
            to.Byte((byte)'}');
        }

        private static void Name(Utf8Buffer to, ref bool first, string name)
        {
            if (!first)
            {
                to.Byte((byte)',');
            }
            first = false;
            to.Json(name);
            to.Byte((byte)':');
        }
    }
}
