// Finds what an exception says of itself beside its message: its own properties, its Data, what the program added to it.
// Not for writing it: see ErrorJson.cs.
using System;
using System.Collections;
using System.Collections.Specialized;
using System.Management.Automation;
using System.Reflection;

namespace Vigie
{
    internal static class ErrorData
    {
        // PowerShell's own note on an error that it is about to show.
        private const string Shown = "writeErrorStream";

        // The attributes of an exception, and of the ErrorRecord around it if there is one. Null when there are none.
        internal static OrderedDictionary Of(Exception exception, ErrorRecord record)
        {
            var found = new OrderedDictionary();
            Properties(found, exception);
            Data(found, exception);
            Notes(found, exception);
            if (record != null)
            {
                Notes(found, record);
            }
            return found.Count == 0 ? null : found;
        }

        // Public properties that the exception's class has beyond those of every exception. Only plain values: what an
        // exception refers to may be the whole session.
        private static void Properties(OrderedDictionary found, Exception exception)
        {
            foreach (PropertyInfo property in exception.GetType().GetProperties(BindingFlags.Instance | BindingFlags.Public))
            {
                if (!property.CanRead || property.GetIndexParameters().Length > 0 || IsOfEvery(property))
                {
                    continue;
                }
                object value = Read(property, exception);
                if (IsPlain(value))
                {
                    found[property.Name] = value;
                }
            }
        }

        private static bool IsOfEvery(PropertyInfo property)
        {
            return property.DeclaringType == typeof(RuntimeException) || typeof(Exception).GetProperty(property.Name) != null;
        }

        private static object Read(PropertyInfo property, Exception exception)
        {
            try
            {
                return property.GetValue(exception, null);
            }
            catch (Exception)
            {
                return "[getter threw]";
            }
        }

        private static bool IsPlain(object value)
        {
            return value is string && ((string)value).Length > 0
                || value is ValueType && (value is Enum || Type.GetTypeCode(value.GetType()) != TypeCode.Object || value is Guid
                    || value is TimeSpan || value is DateTimeOffset)
                || value is Uri || value is Version;
        }

        private static void Data(OrderedDictionary found, Exception exception)
        {
            try
            {
                foreach (DictionaryEntry entry in exception.Data)
                {
                    found[Members.NameOf(entry.Key)] = entry.Value;
                }
            }
            catch (Exception)
            {
                // What was read before the enumeration failed is kept.
            }
        }

        // What Add-Member put on the object.
        private static void Notes(OrderedDictionary found, object carrier)
        {
            foreach (PSMemberInfo member in PSObject.AsPSObject(carrier).Members)
            {
                if (member.MemberType == PSMemberTypes.NoteProperty && member.IsInstance && member.Name != Shown)
                {
                    found[member.Name] = member.Value;
                }
            }
        }
    }
}
