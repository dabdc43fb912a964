"""The browsers that ring, of whoever asks."""

from typing import Any

from django.core.exceptions import ValidationError as DjangoValidationError
from django.http import Http404
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from myproject.api import person, read
from myproject.api_fields import BIGGEST_ID, Moment, Text

from .. import devices
from ..channels import vapid
from ..models import PushSubscription
from ..models.device import ENDPOINT_LENGTH


class KeysSerializer(serializers.Serializer[Any]):
    p256dh = Text(max_length=100)
    auth = Text(max_length=40)


class EditDeviceSerializer(serializers.Serializer[Any]):
    """What `PushSubscription.toJSON()` says in the browser."""

    endpoint = Text(max_length=ENDPOINT_LENGTH)
    keys = KeysSerializer()


class DeviceSerializer(serializers.Serializer[Any]):
    id = serializers.IntegerField(source="pk")
    name = serializers.CharField(source="label", help_text="“Firefox on Android”")
    created_at = Moment()
    last_used_at = Moment(allow_null=True, help_text="When something last arrived at its push service.")
    is_this = serializers.SerializerMethodField()

    def get_is_this(self, device: PushSubscription) -> bool:
        """Whether the request comes from it."""
        return bool(device.pk == self.context["here"])


class DevicesSerializer(serializers.Serializer[Any]):
    server_key = serializers.CharField(help_text="What a browser subscribes with.")
    devices = DeviceSerializer(many=True)


@extend_schema(tags=["notifications"])
class Devices(APIView):
    @extend_schema(
        operation_id="list_devices",
        summary="The browsers that ring, the last used first",
        responses=DevicesSerializer,
    )
    def get(self, request: Request) -> Response:
        mine = PushSubscription.objects.of(person(request)).latest_first()
        listed = {"server_key": vapid.public_key(), "devices": mine}
        return Response(DevicesSerializer(listed, context=_here(request)).data)

    @extend_schema(
        operation_id="add_device",
        summary="Ring in this browser, by the subscription that it made with `server_key`",
        request=EditDeviceSerializer,
        responses={201: DeviceSerializer},
    )
    def post(self, request: Request) -> Response:
        said = read(EditDeviceSerializer, request)
        try:
            device = devices.remember(
                person(request),
                endpoint=said["endpoint"],
                **said["keys"],
                label=devices.label_of(request),
            )
        except DjangoValidationError as error:
            raise ValidationError(error.message_dict) from error
        shown = DeviceSerializer(device, context={"here": device.pk}).data
        response = Response(shown, status=status.HTTP_201_CREATED)
        devices.mark_browser(response, device)
        return response


@extend_schema(tags=["notifications"])
class OneDevice(APIView):
    @extend_schema(operation_id="remove_device", summary="It rings no more", responses={204: None})
    def delete(self, request: Request, device_id: str) -> Response:
        mine = PushSubscription.objects.of(person(request)).filter(pk=min(int(device_id), BIGGEST_ID))
        if not mine.exists():
            raise Http404
        devices.forget(mine)
        return Response(status=status.HTTP_204_NO_CONTENT)


def _here(request: Request) -> dict[str, int]:
    return {"here": devices.asking(request)}
