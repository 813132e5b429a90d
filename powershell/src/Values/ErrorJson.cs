// Writes errors as the document {type, message, stack, cause, errors, attributes}, and what only PowerShell knows of them
// as attributes of the record. Not for finding an exception's own data: see ErrorData.cs.
using System;
using System.Collections;
using System.Management.Automation;

namespace Vigie
{
    internal static class ErrorJson
    {
        // One cause, and one member, more than the core keeps, so that it is the core that cuts and counts.
        private const int Deepest = 9;
        private const int MostMembers = 9;
        // As many errors as the core keeps of one record, and one more. Groups of groups would be millions.
        private const int MostErrors = 65;

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
                int left = MostErrors;
                Write(to, exception, record, stack ?? StackOf(exception), Deepest, ref left);
                return;
            }
            if (value is IDictionary)
            {
                int left = MostErrors;
                ReadyMade(to, (IDictionary)value, Deepest, ref left);
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

        private static void Write(Utf8Buffer to, Exception exception, ErrorRecord record, string stack, int deeper, ref int left)
        {
            left--;
            to.Ascii("{\"type\":");
            to.Json(exception.GetType().FullName ?? exception.GetType().Name);
            to.Ascii(",\"message\":");
            to.Json(HostValue.MessageOf(exception));
            if (!string.IsNullOrEmpty(stack))
            {
                to.Ascii(",\"stack\":");
                to.Json(stack);
            }
            AggregateException aggregate = exception as AggregateException;
            // The cause of an aggregate is its first member.
            if (aggregate == null && exception.InnerException != null && deeper > 0 && left > 0)
            {
                to.Ascii(",\"cause\":");
                Write(to, exception.InnerException, null, StackOf(exception.InnerException), deeper - 1, ref left);
            }
            if (aggregate != null && deeper > 0)
            {
                Inner(to, aggregate, deeper - 1, ref left);
            }
            Own(to, ErrorData.Of(exception, record));
            to.Byte((byte)'}');
        }

        private static void Inner(Utf8Buffer to, AggregateException aggregate, int deeper, ref int left)
        {
            to.Ascii(",\"errors\":[");
            for (int i = 0; i < aggregate.InnerExceptions.Count && i < MostMembers && left > 0; i++)
            {
                if (i > 0)
                {
                    to.Byte((byte)',');
                }
                Write(to, aggregate.InnerExceptions[i], null, StackOf(aggregate.InnerExceptions[i]), deeper, ref left);
            }
            to.Byte((byte)']');
        }

        private static void Own(Utf8Buffer to, object attributes)
        {
            if (attributes != null)
            {
                to.Ascii(",\"attributes\":");
                AttributeJson.Write(to, attributes);
            }
        }

        private static void ReadyMade(Utf8Buffer to, IDictionary error, int deeper, ref int left)
        {
            left--;
            // Always there, so that commas are simple; an error without a type gets that of the core.
            to.Ascii("{\"type\":");
            to.Json(TextOf(error["type"]));
            foreach (string part in new[] { "message", "stack" })
            {
                Name(to, part);
                to.Json(TextOf(error[part]));
            }
            IDictionary cause = HostValue.Unwrap(error["cause"]) as IDictionary;
            if (cause != null && deeper > 0 && left > 0)
            {
                Name(to, "cause");
                ReadyMade(to, cause, deeper - 1, ref left);
            }
            IList members = HostValue.Unwrap(error["errors"]) as IList;
            if (members != null && deeper > 0)
            {
                Name(to, "errors");
                ReadyMade(to, members, deeper - 1, ref left);
            }
            object own = HostValue.Unwrap(error["attributes"]);
            Own(to, own is IDictionary || own is PSObject ? own : null);
            to.Byte((byte)'}');
        }

        private static void ReadyMade(Utf8Buffer to, IList members, int deeper, ref int left)
        {
            to.Byte((byte)'[');
            int written = 0;
            foreach (object member in members)
            {
                IDictionary error = HostValue.Unwrap(member) as IDictionary;
                if (error == null || written == MostMembers || left <= 0)
                {
                    continue;
                }
                if (written++ > 0)
                {
                    to.Byte((byte)',');
                }
                ReadyMade(to, error, deeper, ref left);
            }
            to.Byte((byte)']');
        }

        private static string TextOf(object part)
        {
            object text = HostValue.Unwrap(part);
            return text == null ? string.Empty : text as string ?? HostValue.TextOf(text);
        }

        private static void Name(Utf8Buffer to, string name)
        {
            to.Byte((byte)',');
            to.Json(name);
            to.Byte((byte)':');
        }
    }
}
